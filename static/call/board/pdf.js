/** Opens a PDF file in a worker that can reach nothing, and draws its pages one by one. */

import { workerUrl } from "../../trusted.js";
import { SIDE } from "./encode.js";

const PAGE_MS = 10_000;
const MOST_PIXELS = 40_000_000;

/** The file needs a password. */
export class LockedError extends Error {}

/**
 * @param {Uint8Array} bytes
 * @returns {Promise<{count: number, page: (number: number) => Promise<HTMLCanvasElement>, close: () => void}>}
 */
export async function opened(bytes) {
  const { getDocument, PDFWorker } = await import("../../vendor/pdf.js");
  const port = new Worker(workerUrl(new URL("../../vendor/pdf.worker.js", import.meta.url)), {
    type: "module",
  });
  const close = () => port.terminate();
  const file = getDocument({
    data: bytes,
    worker: PDFWorker.create({ port }),
    // Letters are drawn as lines, so that no font of a file is ever given to the browser.
    disableFontFace: true,
    useSystemFonts: false,
    standardFontDataUrl: new URL("../../vendor/pdf-fonts/", import.meta.url).href,
    useWorkerFetch: false,
    useWasm: false,
    enableXfa: false,
    disableWorkerRendering: true,
    maxImageSize: MOST_PIXELS,
  });
  try {
    const found = await inTime(file.promise);
    return { count: found.numPages, page: (number) => inTime(drawn(found, number)), close };
  } catch (error) {
    close();
    if (error instanceof Error && error.name === "PasswordException") throw new LockedError();
    throw error;
  }
}

/** @param {import("pdfjs-dist").PDFDocumentProxy} file @param {number} number */
async function drawn(file, number) {
  const page = await file.getPage(number);
  const { width, height } = page.getViewport({ scale: 1 });
  const viewport = page.getViewport({ scale: SIDE / Math.max(width, height) });
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(viewport.width));
  canvas.height = Math.max(1, Math.round(viewport.height));
  await page.render({ canvas, viewport, background: "#fff" }).promise;
  page.cleanup();
  return canvas;
}

/** @template T @param {Promise<T>} work @returns {Promise<T>} */
function inTime(work) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("A page takes too long.")), PAGE_MS);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
