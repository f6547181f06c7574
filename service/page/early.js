// Before the first paint: the theme that was chosen by hand, so that nobody is dazzled first.
try {
  const theme = localStorage.getItem("theme");
  if (theme) document.documentElement.dataset.theme = theme;
} catch {
  // storage is forbidden here: the system's theme it is
}
