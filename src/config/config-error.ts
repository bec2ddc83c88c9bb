/** A setting that cannot be used. The message is for people: where the setting came from and what would be accepted. */
export class ConfigError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}
