// What surrounds a picture that does not fill its place: its own colours, out of focus. A few pixels are
// drawn a few times a second and fade into each other; the blur is the style sheet's.
const EVERY_MS = 200;
const BLEND = 0.25;

export function glow(canvas: HTMLCanvasElement, picture: () => HTMLVideoElement | undefined): () => void {
  const context = canvas.getContext("2d", { alpha: false });
  if (!context) return () => undefined;
  let first = true;
  const draw = (): void => {
    const video = picture();
    if (!video || document.hidden || video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA || video.videoWidth === 0) return;
    context.globalAlpha = first ? 1 : BLEND;
    context.drawImage(video, 0, 0, canvas.width, canvas.height);
    first = false;
  };
  const timer = setInterval(draw, EVERY_MS);
  return () => clearInterval(timer);
}
