/** A dataset that others publish: where, and under what terms. Foil redistributes none of it. */
export interface PublishedDataset {
  readonly name: string;
  /** The official file. */
  readonly url: string;
  /** In words, as its page says it; undefined where that differs by category. */
  readonly size?: string;
  /** Whether the host publishes `url` + ".md5". */
  readonly md5: boolean;
  /** What its publishers allow, in short, and where they say it. */
  readonly terms: string;
  readonly citation: string;
}

const MOVIELENS = "https://files.grouplens.org/datasets/movielens";
const movielens = (name: string, size: string, terms: string): PublishedDataset => ({
  name,
  url: `${MOVIELENS}/${name}.zip`,
  size,
  md5: true,
  terms,
  citation: "Harper & Konstan, The MovieLens Datasets: History and Context, ACM TiiS 5(4), 2015",
});

/** The terms of the README of 100K and 1M, and of the releases after them. */
const research = (readme: string): string =>
  "research only: acknowledge it in publications; no redistribution and no commercial use without permission " +
  `(${MOVIELENS}/${readme})`;
const shared = (readme: string): string =>
  "research: acknowledge it in publications; redistribution, also transformed, under the same terms; no commercial " +
  `use without permission (${MOVIELENS}/${readme})`;

const AMAZON_TERMS = "no licence is stated; published for research, the reviews are their authors' and Amazon's";

/** Releases of Amazon's reviews by McAuley's group, 5-core by category. */
const AMAZON = [
  {
    year: 2014,
    categories: [
      ...["Amazon_Instant_Video", "Apps_for_Android", "Automotive", "Baby", "Beauty", "Books", "CDs_and_Vinyl"],
      ...["Cell_Phones_and_Accessories", "Clothing_Shoes_and_Jewelry", "Digital_Music", "Electronics"],
      ...["Grocery_and_Gourmet_Food", "Health_and_Personal_Care", "Home_and_Kitchen", "Kindle_Store", "Movies_and_TV"],
      ...["Musical_Instruments", "Office_Products", "Patio_Lawn_and_Garden", "Pet_Supplies", "Sports_and_Outdoors"],
      ...["Tools_and_Home_Improvement", "Toys_and_Games", "Video_Games"],
    ],
    url: (category: string) =>
      `https://snap.stanford.edu/data/amazon/productGraph/categoryFiles/reviews_${category}_5.json.gz`,
    page: "https://cseweb.ucsd.edu/~jmcauley/datasets/amazon/links.html",
    citation: "McAuley, Targett, Shi & van den Hengel, SIGIR 2015; He & McAuley, WWW 2016",
  },
  {
    year: 2018,
    categories: [
      ...["AMAZON_FASHION", "All_Beauty", "Appliances", "Arts_Crafts_and_Sewing", "Automotive", "Books"],
      ...["CDs_and_Vinyl", "Cell_Phones_and_Accessories", "Clothing_Shoes_and_Jewelry", "Digital_Music"],
      ...["Electronics", "Gift_Cards", "Grocery_and_Gourmet_Food", "Home_and_Kitchen", "Industrial_and_Scientific"],
      ...["Kindle_Store", "Luxury_Beauty", "Magazine_Subscriptions", "Movies_and_TV", "Musical_Instruments"],
      ...["Office_Products", "Patio_Lawn_and_Garden", "Pet_Supplies", "Prime_Pantry", "Software"],
      ...["Sports_and_Outdoors", "Tools_and_Home_Improvement", "Toys_and_Games", "Video_Games"],
    ],
    url: (category: string) =>
      `https://mcauleylab.ucsd.edu/public_datasets/data/amazon_v2/categoryFilesSmall/${category}_5.json.gz`,
    page: "https://cseweb.ucsd.edu/~jmcauley/datasets/amazon_v2/",
    citation: "Ni, Li & McAuley, Justifying Recommendations using Distantly-Labeled Reviews, EMNLP 2019",
  },
  {
    year: 2023,
    categories: [
      ...["All_Beauty", "Amazon_Fashion", "Appliances", "Arts_Crafts_and_Sewing", "Automotive", "Baby_Products"],
      ...["Beauty_and_Personal_Care", "Books", "CDs_and_Vinyl", "Cell_Phones_and_Accessories"],
      ...["Clothing_Shoes_and_Jewelry", "Digital_Music", "Electronics", "Gift_Cards", "Grocery_and_Gourmet_Food"],
      ...["Handmade_Products", "Health_and_Household", "Health_and_Personal_Care", "Home_and_Kitchen"],
      ...["Industrial_and_Scientific", "Kindle_Store", "Magazine_Subscriptions", "Movies_and_TV"],
      ...["Musical_Instruments", "Office_Products", "Patio_Lawn_and_Garden", "Pet_Supplies", "Software"],
      ...["Sports_and_Outdoors", "Subscription_Boxes", "Tools_and_Home_Improvement", "Toys_and_Games", "Video_Games"],
    ],
    url: (category: string) =>
      `https://mcauleylab.ucsd.edu/public_datasets/data/amazon_2023/benchmark/5core/rating_only/${category}.csv.gz`,
    page: "https://amazon-reviews-2023.github.io/",
    citation: "Hou, Li, He, Yan, Chen & McAuley, Bridging Language and Items for Retrieval and Recommendation, 2024",
  },
] as const;

/**
 * Datasets by name. Amazon's are `amazon-YEAR-CATEGORY`, 5-core.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { published } from "./published.ts";
 *
 * const { url } = published.find(({ name }) => name === "amazon-2014-beauty")!;
 * assert.equal(new URL(url).host, "snap.stanford.edu");
 * assert.equal(new Set(published.map(({ name }) => name)).size, published.length);
 * ```
 */
export const published: readonly PublishedDataset[] = [
  movielens("ml-100k", "5 MB", research("ml-100k-README.txt")),
  movielens("ml-1m", "6 MB", research("ml-1m-README.txt")),
  movielens("ml-10m", "63 MB", research("ml-10m-README.html")),
  movielens("ml-20m", "190 MB", shared("ml-20m-README.html")),
  movielens("ml-25m", "250 MB", shared("ml-25m-README.html")),
  movielens("ml-32m", "239 MB", shared("ml-32m-README.html")),
  movielens("ml-latest-small", "1 MB", shared("ml-latest-small-README.html")),
  {
    name: "lastfm-2k",
    url: "https://files.grouplens.org/datasets/hetrec2011/hetrec2011-lastfm-2k.zip",
    size: "3 MB",
    md5: false,
    terms: "non-commercial use (https://grouplens.org/datasets/hetrec-2011/)",
    citation: "Cantador, Brusilovsky & Kuflik, HetRec 2011, at RecSys 2011; data of Last.fm",
  },
  ...AMAZON.flatMap(({ year, categories, url, page, citation }) =>
    categories.map((category): PublishedDataset => ({
      name: `amazon-${year}-${category.toLowerCase().replaceAll("_", "-")}`,
      url: url(category),
      md5: false,
      terms: `${AMAZON_TERMS} (${page})`,
      citation,
    }))
  ),
];
