/** Where a login of the CLI's, begun from here, is. */
export type LoginStep =
  /** Nobody is logged in, and a login may begin; with why the last one came to nothing. */
  | { readonly type: "offered"; readonly failure?: string | undefined }
  | { readonly type: "beginning" }
  /** Somebody has to log in at one of the addresses; with why what was handed over is no code. */
  | (LoginAddresses & { readonly type: "open"; readonly failure?: string | undefined })
  /** The CLI gets its login, and is looked at. */
  | { readonly type: "finishing" };

export type LoginAddresses = {
  /** The page behind it shows a code, which is handed over here. */
  readonly manualUrl: string;
  /** Leads back to the CLI: for a browser of the CLI's own machine. */
  readonly automaticUrl: string;
};

/** The CLI's own login: one at a time, whoever asks. Only the CLI gets what it brings. */
export interface InteractiveLogin {
  /** Undefined: there is nothing to log in for. */
  step(): LoginStep | undefined;
  /** Resolves once the addresses are there, or why they are not; changes nothing where one has begun. Throws an ApiError where none may. */
  begin(): Promise<void>;
  /** Hands over what was copied from the page. Throws an ApiError where nothing waits for it. */
  submit(pasted: string): Promise<void>;
  cancel(): Promise<void>;
}
