// A photograph: by the phone's own camera, or by the computer's in a window of the page.

import { $ } from "./dom.js";
import { Trouble } from "./trouble.js";

let stream = null;

function stop() {
  for (const track of stream?.getTracks() ?? []) track.stop();
  stream = null;
  $("video").srcObject = null;
}

function photograph() {
  const video = $("video");
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
  canvas.getContext("2d").drawImage(video, 0, 0);
  return new Promise((resolve) => {
    canvas.toBlob((blob) => resolve(new File([blob], "photo.jpg", { type: "image/jpeg" })), "image/jpeg", 0.92);
  });
}

/** Calls `take(files)` with the photograph. */
export function startCamera(take) {
  const trouble = new Trouble($("source-trouble"));
  const dialog = $("camera-dialog");

  const open = async () => {
    trouble.clear();
    const asksPhone = matchMedia("(pointer: coarse)").matches || !navigator.mediaDevices;
    if (asksPhone) {
      $("capture").click();
      return;
    }
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: 1280 } });
      $("video").srcObject = stream;
      dialog.showModal();
      await $("video").play();
    } catch (error) {
      dialog.close();
      stop();
      trouble.show({ code: error.name === "NotAllowedError" ? "camera-denied" : "camera-missing" }, open);
    }
  };

  $("photograph").addEventListener("click", open);
  $("camera-close").addEventListener("click", () => dialog.close());
  $("shutter").addEventListener("click", async () => {
    const photo = await photograph();
    dialog.close();
    take([photo]);
  });
  dialog.addEventListener("close", stop);
}
