// Light, dark, or as the system has it; kept for the next page where the browser lets us.
const root = document.documentElement;
const themes = ['system', 'light', 'dark'];
const themeButton = document.getElementById('theme');
const darkSystem = window.matchMedia('(prefers-color-scheme: dark)');
const themeListeners = [];

function storedTheme() {
  try { return localStorage.getItem('irtgpu-theme'); } catch { return null; }
}

function setTheme(theme) {
  if (theme === 'system') root.removeAttribute('data-theme');
  else root.setAttribute('data-theme', theme);
  themeButton.textContent = 'Theme: ' + theme;
  try { localStorage.setItem('irtgpu-theme', theme); } catch { /* A page from a file may have no storage. */ }
  for (const listener of themeListeners) listener();
}

let theme = themes.includes(storedTheme()) ? storedTheme() : 'system';
setTheme(theme);
themeButton.addEventListener('click', () => {
  theme = themes[(themes.indexOf(theme) + 1) % themes.length];
  setTheme(theme);
});
darkSystem.addEventListener('change', () => { for (const listener of themeListeners) listener(); });
document.getElementById('print').addEventListener('click', () => window.print());

function colour(name) {
  return getComputedStyle(root).getPropertyValue('--' + name).trim();
}

