/** One sheet on a quiet ground, large enough for a thumb. Colours as in the app (`web/theme/tokens.css`). */
export const pageStyle = `
:root{--ground:#f7f7f5;--sheet:#fff;--line:#dbdad5;--field:#8d8c85;--text:#1d1d1b;--quiet:#5a5954;--fill:#0f766e;--on-fill:#fff;--link:#0b655e;--bad:#b42318;--bad-soft:#fdeeec;--soft:#f3f3f0;--focus:#1d4ed8}
@media (prefers-color-scheme:dark){:root{--ground:#161615;--sheet:#1b1b1a;--line:#3a3a38;--field:#7d7c76;--text:#ececea;--quiet:#acaba6;--link:#5fcabf;--bad:#ff8f82;--bad-soft:#3a1d1a;--soft:#252524;--focus:#93b4ff}}
*{box-sizing:border-box}
html{font:16px/1.5 Inter,system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",Arial,sans-serif;color:var(--text);background:var(--ground);-webkit-text-size-adjust:100%}
body{margin:0;min-height:100vh;display:flex;flex-direction:column;align-items:center;padding:0 16px 48px}
.framed,.framed body{background:transparent}
.framed body{min-height:0;padding:0;align-items:stretch}
.head{width:100%;max-width:640px;display:flex;flex-wrap:wrap;align-items:center;justify-content:space-between;gap:8px 16px;padding:20px 4px 14px}
.brand{display:flex;align-items:center;gap:10px;font-weight:600;overflow-wrap:anywhere}
.brand img{border-radius:6px;object-fit:contain}
.languages{display:flex;flex-wrap:wrap;gap:2px;font-size:14px}
.languages>*{padding:6px 10px;border-radius:8px;color:var(--quiet);text-decoration:none}
.languages a:hover{background:var(--soft);color:var(--text)}
.languages [aria-current]{color:var(--text);background:var(--soft);font-weight:600}
.framed .languages{padding:0 0 6px}
.sheet{width:100%;max-width:640px;background:var(--sheet);border:1px solid var(--line);border-radius:14px;padding:32px}
.framed .sheet{max-width:none;border-radius:10px}
h1{font-size:26px;line-height:1.25;letter-spacing:-.015em;margin:0 0 8px;overflow-wrap:anywhere}
h2{font-size:18px;margin:24px 0 8px}
p{margin:0 0 12px;overflow-wrap:anywhere}
.intro{color:var(--quiet);margin-bottom:8px}
a{color:var(--link)}
form{margin:0}
.field{margin:20px 0 0;border:0;padding:0;min-width:0}
label,legend{display:block;font-weight:600;font-size:15px;padding:0;margin:0 0 6px;overflow-wrap:anywhere}
.optional{font-weight:400;color:var(--quiet);font-size:14px}
.help{color:var(--quiet);font-size:14px;margin:-2px 0 6px}
input:not([type=checkbox],[type=radio],[type=file]),textarea,select{width:100%;font:inherit;color:inherit;background:var(--sheet);border:1px solid var(--field);border-radius:9px;padding:10px 12px;min-height:46px}
textarea{min-height:120px;resize:vertical}
select{appearance:none;padding-right:38px;background-image:linear-gradient(45deg,transparent 50%,var(--quiet) 50%),linear-gradient(135deg,var(--quiet) 50%,transparent 50%);background-size:6px 6px;background-position:calc(100% - 20px) 52%,calc(100% - 14px) 52%;background-repeat:no-repeat}
option{background:var(--sheet);color:var(--text)}
input[type=file]{font:inherit;font-size:14px;width:100%;padding:10px;border:1px dashed var(--field);border-radius:9px}
input[type=file]::file-selector-button{font:inherit;font-weight:600;color:var(--text);background:var(--soft);border:1px solid var(--line);border-radius:7px;padding:6px 12px;margin-right:10px}
:is(input,textarea,select,button,a,.slot):focus-visible{outline:3px solid var(--focus);outline-offset:2px}
.choice{display:flex;align-items:flex-start;gap:10px;font-weight:400;padding:8px 0;margin:0;cursor:pointer}
.choice input{flex:none;width:20px;height:20px;margin:2px 0 0;accent-color:var(--fill)}
.error{display:block;color:var(--bad);font-size:14px;font-weight:500;margin:6px 0 0}
[aria-invalid=true]{border-color:var(--bad)!important;box-shadow:0 0 0 1px var(--bad)}
.alert{background:var(--bad-soft);color:var(--bad);border-radius:9px;padding:12px 14px;margin:16px 0 0;font-weight:500}
.alert p{margin:0}
.alert ul{margin:6px 0 0;padding-left:20px;font-weight:400}
.alert a{color:inherit}
.consents{margin-top:24px;padding-top:8px;border-top:1px solid var(--line)}
.send,.link-button{display:inline-flex;align-items:center;justify-content:center;font:inherit;font-weight:600;color:var(--on-fill);background:var(--fill);border:0;border-radius:9px;min-height:48px;padding:12px 24px;cursor:pointer;text-decoration:none}
.send:hover,.link-button:hover{filter:brightness(1.08)}
.send[aria-disabled=true]{opacity:.6;cursor:progress}
.actions{margin-top:28px;display:flex;flex-wrap:wrap;gap:12px;align-items:center}
.quiet-button{display:inline-flex;align-items:center;justify-content:center;min-height:48px;padding:12px 20px;font:inherit;font-weight:600;color:var(--text);background:transparent;border:1px solid var(--field);border-radius:9px;text-decoration:none;cursor:pointer}
.quiet-button:hover{background:var(--soft)}
.away{position:absolute!important;left:-10000px;width:1px;height:1px;overflow:hidden}
.message{text-align:left}
.message h1{margin-bottom:10px}
.facts{margin:0 0 20px;padding:14px 16px;background:var(--soft);border-radius:10px}
.facts p{margin:0}
.facts .when{font-weight:600}
.chosen{display:flex;flex-wrap:wrap;gap:8px;margin:0 0 16px;padding:0;list-style:none}
.chosen>*{padding:8px 14px;border:1px solid var(--field);border-radius:20px;text-decoration:none;color:var(--text)}
.chosen [aria-current]{background:var(--fill);color:var(--on-fill);border-color:var(--fill);font-weight:600}
.zone{display:flex;flex-wrap:wrap;gap:8px;align-items:end;margin:0 0 8px}
.zone>div{flex:1 1 220px}
.day{margin:20px 0 0}
.day h2{font-size:16px;margin:0 0 8px}
.slots{display:grid;grid-template-columns:repeat(auto-fill,minmax(78px,1fr));gap:8px;margin:0;padding:0;list-style:none}
.slot{display:block;text-align:center;padding:11px 8px;border:1px solid var(--field);border-radius:9px;text-decoration:none;color:var(--text);font-weight:600;font-variant-numeric:tabular-nums}
.slot:hover{background:var(--soft);border-color:var(--text)}
.weeks{display:flex;justify-content:space-between;gap:8px;margin-top:24px}
@media (max-width:520px){body{padding:0 0 32px}.head{padding:14px 16px 10px}.sheet{border-width:1px 0;border-radius:0;padding:24px 16px}.framed .sheet{border-width:1px;border-radius:10px}h1{font-size:23px}.send{width:100%}.actions .quiet-button{width:100%}}
@media (prefers-reduced-motion:no-preference){.send,.quiet-button{transition:filter .1s,background .1s}}
`;
