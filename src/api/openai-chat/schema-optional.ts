import Type from "typebox";

/** Clients send null for what they do not set. */
export const optional = <T extends Type.TSchema>(schema: T) => Type.Optional(Type.Union([schema, Type.Null()]));
