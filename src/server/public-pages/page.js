// The page works without this. It keeps a second click from sending twice, tells that somebody began, and tells the page
// around a frame how tall it is.
const form = document.querySelector('form[data-form]');
if (form) {
  let began = false;
  form.addEventListener('input', () => {
    if (began || !form.dataset.began) return;
    began = true;
    navigator.sendBeacon(form.dataset.began);
  });
  form.addEventListener('submit', (event) => {
    const button = form.querySelector('button[type=submit]');
    if (button.getAttribute('aria-disabled') === 'true') {
      event.preventDefault();
      return;
    }
    button.setAttribute('aria-disabled', 'true');
    button.textContent = button.dataset.sending;
  });
  // Whoever comes back to the page can send again.
  addEventListener('pageshow', (event) => {
    if (!event.persisted) return;
    const button = form.querySelector('button[type=submit]');
    button.removeAttribute('aria-disabled');
    button.textContent = button.dataset.send;
  });
}

// The times of a page that was opened without a time zone are shown again in the visitor's own.
const zone = document.querySelector('select[name="zone"]');
if (zone) {
  zone.addEventListener('change', () => zone.form.submit());
  const here = new URL(location.href);
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!here.searchParams.has('zone') && own !== zone.value && [...zone.options].some(({ value }) => value === own)) {
    here.searchParams.set('zone', own);
    location.replace(here);
  }
}

document.querySelector('.alert')?.focus();

if (window.parent !== window) {
  const tell = (message) => window.parent.postMessage({ tendero: true, ...message }, '*');
  const size = () => tell({ height: Math.ceil(document.documentElement.getBoundingClientRect().height) });
  new ResizeObserver(size).observe(document.documentElement);
  size();
  if (document.querySelector('.alert, .message')) tell({ top: true });
}
