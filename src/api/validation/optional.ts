import Type from "typebox";
import { IGNORED_UNLESS, READ_WHOLE } from "./unread-fields.ts";

/** Clients send null for what they do not set. */
export const optional = <T extends Type.TSchema>(schema: T) => Type.Optional(Type.Union([schema, Type.Null()]));

/** A text, or a list of parts of the kinds given. */
export const contentOf = <Parts extends Type.TSchema[]>(...parts: [...Parts]) =>
  Type.Union([Type.String(), Type.Array(Type.Union(parts))]);

/** Taken with all its fields, whether the schema names them or not, except for some. */
export const readWhole = <T extends Type.TObject>(schema: T, except: readonly string[]): T => ({
  ...schema,
  [READ_WHOLE]: except,
});

/** Checked, but without effect, which the response header tells of any value but the neutral one. */
export const ignored = <T extends Type.TSchema>(schema: T, neutral?: unknown) =>
  Type.Optional(Type.Union([schema, Type.Null()], { [IGNORED_UNLESS]: neutral }));
