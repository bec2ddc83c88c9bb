/** Makes tabs of links and their panels, where they are none yet, by the pattern that keyboards and screen readers know. */
export function enhanceTabs(root: ParentNode): void {
  for (const group of root.querySelectorAll<HTMLElement>("[data-tabs]")) enhance(group);
}

function enhance(group: HTMLElement): void {
  const list = group.querySelector(".tab-list");
  if (list === null || list.getAttribute("role") === "tablist") return;
  list.setAttribute("role", "tablist");
  const tabs = [...list.querySelectorAll("a")];
  for (const tab of tabs) {
    const panel = panelOf(tab);
    tab.setAttribute("role", "tab");
    panel?.setAttribute("role", "tabpanel");
    panel?.setAttribute("aria-labelledby", tab.id);
    tab.addEventListener("click", (event) => {
      event.preventDefault();
      select(tabs, tab);
    });
    tab.addEventListener("keydown", (event) => {
      const to = neighbour(tabs, tab, event.key);
      if (to === undefined) return;
      event.preventDefault();
      select(tabs, to);
      to.focus();
    });
  }
  const [first] = tabs;
  const chosen = tabs.find((tab) => tab.hash === location.hash) ?? first;
  if (chosen !== undefined) select(tabs, chosen);
}

function select(tabs: readonly HTMLAnchorElement[], chosen: HTMLAnchorElement): void {
  for (const tab of tabs) {
    const isChosen = tab === chosen;
    tab.setAttribute("aria-selected", String(isChosen));
    tab.tabIndex = isChosen ? 0 : -1;
    const panel = panelOf(tab);
    if (panel !== null) panel.hidden = !isChosen;
  }
}

function neighbour(tabs: readonly HTMLAnchorElement[], tab: HTMLAnchorElement, key: string) {
  const at = tabs.indexOf(tab);
  switch (key) {
    case "ArrowRight":
    case "ArrowDown":
      return tabs[(at + 1) % tabs.length];
    case "ArrowLeft":
    case "ArrowUp":
      return tabs.at(at - 1);
    case "Home":
      return tabs[0];
    case "End":
      return tabs.at(-1);
    default:
      return undefined;
  }
}

function panelOf(tab: HTMLAnchorElement): HTMLElement | null {
  return document.getElementById(tab.hash.slice(1));
}
