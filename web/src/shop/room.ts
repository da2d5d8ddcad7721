/** What lies over the conversation, for an `@attach`: the conversation makes room as high as it is. */
export function room(element: HTMLElement): () => void {
  const watch = element.closest<HTMLElement>(".watch");
  const observer = new ResizeObserver(() => watch?.style.setProperty("--card", `${element.offsetHeight}px`));
  observer.observe(element);
  watch?.classList.add("selling");
  return () => {
    observer.disconnect();
    watch?.classList.remove("selling");
  };
}
