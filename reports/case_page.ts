import type { Case, NamedItem } from "./case_study.ts";
import { type Html, html } from "./html.ts";

/** Cases as a section of a page: what is listed for whom, and what of it was taken. */
export function casePage(cases: readonly Case[], says: string): Html {
  return html`<section class="cases"><h3>Case study</h3><p>${says}</p>${cases.map(onePage)}</section>`;
}

function onePage({ user, met, metCount, heldCount, missed, lists }: Case): Html {
  return html`<article class="case">
<h4>User ${user}</h4>
<p class="history"><b>${met.length < metCount ? `Met ${metCount} items, the last of them:` : "Met:"}</b> ${
    met.map((item, at) => html`${at > 0 ? ", " : ""}${named(item)}`)
  }</p>
<div class="lists" tabindex="0" role="region" aria-label="Lists for user ${user}">${
    lists.map(({ method, items }) => {
      const hits = items.filter(({ hit }) => hit).length;
      return html`
        <div>
          <h5>${method}</h5>
          <p class="hits">${hits} of the ${heldCount} held out</p>
          <ol>${items.map(({ hit, ...item }) =>
            hit
              ? html`<li class="hit">${named(item)} <span class="mark">✓ hit</span></li>`
              : html`<li>${named(item)}</li>`
          )}</ol>
        </div>
      `;
    })
  }</div>
${
    missed.length > 0
      ? html`<p class="history"><b>Held out, and in none of these lists:</b> ${
        missed.map((item, at) => html`${at > 0 ? ", " : ""}${named(item)}`)
      }</p>`
      : ""
  }</article>`;
}

/** An item by its title, where it has one, and its id. */
const named = ({ id, title }: NamedItem): Html =>
  title === null ? html`<span class="id">${id}</span>` : html`${title} <span class="id">${id}</span>`;
