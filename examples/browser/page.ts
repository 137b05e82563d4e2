/// <reference lib="dom" />
/** What is on the page: a form, a row an epoch, and a user's list. A worker trains; nothing is sent anywhere. */
import type { Asked, Told } from "./messages.ts";

const at = <T extends Element>(selector: string): T => document.querySelector<T>(selector)!;
const form = at<HTMLFormElement>("form"), file = at<HTMLInputElement>("[name=log]"), said = at("#said");
const epochs = at<HTMLTableSectionElement>("#epochs tbody"), user = at<HTMLSelectElement>("[name=user]");
const list = at("#list"), trained = at<HTMLElement>("#trained");

let worker: Worker | undefined;
const ask = (asked: Asked) => worker!.postMessage(asked);
const row = (cells: readonly string[]) => {
  const made = document.createElement("tr");
  made.append(...cells.map((text) => Object.assign(document.createElement("td"), { textContent: text })));
  return made;
};

const hear = (told: Told) => {
  switch (told.kind) {
    case "data":
      said.textContent = `${told.name}: ${told.users.length} users, ${told.items} items, ` +
        `${told.interactions} interactions to train on. Runs on ${told.runs}.`;
      user.replaceChildren(...told.users.map((name, id) => new Option(name, `${id}`)));
      break;
    case "epoch":
      epochs.append(row([`${told.epoch}`, told.loss.toFixed(4), told.ndcg.toFixed(4)]));
      break;
    case "done":
      trained.hidden = false;
      user.dispatchEvent(new Event("change"));
      break;
    case "list":
      list.replaceChildren(
        ...told.items.map(({ item, score }) =>
          Object.assign(document.createElement("li"), { textContent: `${item}  ${score.toFixed(3)}` })
        ),
      );
      form.ariaBusy = null;
      break;
    case "failed":
      said.textContent = told.why;
      form.ariaBusy = null;
  }
};

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  worker?.terminate(); // one that is at work begins anew
  worker = new Worker("trainer.js", { type: "module" });
  worker.onmessage = ({ data }: MessageEvent<Told>) => hear(data);
  worker.onerror = ({ message }) => hear({ kind: "failed", why: message });
  for (const old of [epochs, list]) old.replaceChildren();
  trained.hidden = true;
  form.ariaBusy = "true";
  said.textContent = "Loading";
  const given = new FormData(form), [log] = file.files ?? [];
  ask({
    kind: "train",
    sampler: `${given.get("sampler")}`,
    epochs: Number(given.get("epochs")),
    ...log && { log: { file: log.name, bytes: new Uint8Array(await log.arrayBuffer()) } },
  });
});
user.addEventListener("change", () => ask({ kind: "recommend", user: Number(user.value) }));
document.addEventListener("dragover", (event) => event.preventDefault());
document.addEventListener("drop", (event) => {
  event.preventDefault();
  if (event.dataTransfer) file.files = event.dataTransfer.files;
});
