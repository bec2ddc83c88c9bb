/** Ids of calls as no client should give them, and such that ours could meet. */
export const NASTY_IDS: readonly string[] = [
  ..."a a_1 a_2 a_10 a_1_1 call call_1 call_10 call_ call_01 _1 1 toolu_1 toolu a-2 a-2_1".split(" "),
  ...[
    "",
    " ",
    "ä",
    "ä_1",
    "日本",
    "a:1",
    "a.b_1",
    "functions.f:0",
    "constructor",
    "x".repeat(128),
    `${"x".repeat(126)}_1`,
  ],
  ...["x".repeat(126), "y".repeat(300), `${"y".repeat(300)}_1`],
];
