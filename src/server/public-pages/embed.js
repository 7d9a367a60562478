// For other sites: puts the page into the place where this script stands, as tall as it is.
//   <script src="https://crm.example.com/f/embed.js" data-page="/f/contact" async></script>
(() => {
  const script = document.currentScript;
  const server = new URL(script.src).origin;
  const address = new URL(script.dataset.page, server);
  if (address.origin !== server) return;
  const here = new URL(location.href);
  address.searchParams.set('embed', '1');
  address.searchParams.set('page', `${here.origin}${here.pathname}`.slice(0, 500));
  if (document.referrer) address.searchParams.set('referrer', document.referrer.slice(0, 500));
  for (const [name, value] of here.searchParams)
    if (/^utm_[a-z]+$/.test(name)) address.searchParams.set(name, value.slice(0, 100));
  if (script.dataset.language) address.searchParams.set('lang', script.dataset.language);
  const frame = document.createElement('iframe');
  frame.src = address.href;
  frame.title = script.dataset.title || 'Tendero';
  frame.style.cssText = 'width:100%;border:0;display:block;height:480px';
  script.after(frame);
  addEventListener('message', ({ origin, source, data }) => {
    if (origin !== server || source !== frame.contentWindow || data?.tendero !== true) return;
    if (Number.isFinite(data.height)) frame.style.height = `${Math.min(Math.max(data.height, 80), 20000)}px`;
    if (data.top && frame.getBoundingClientRect().top < 0) frame.scrollIntoView({ block: 'start' });
  });
})();
