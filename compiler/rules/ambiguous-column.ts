import { onNames } from "./on-names.ts";

/** Q031: Spark does not choose. */
export const ambiguousColumn = onNames("Q031", "ambiguous", ({ name, among }) => {
  const names = [...new Set(among.map((each) => each.name))].filter((each) => each !== "");
  if (names.length === 0)
    return {
      message: `two columns of the select list are called \`${name}\``,
      help: "give one of them another name",
    };
  const [only, more] = names;
  if (more === undefined)
    return {
      message: `\`${only}\` has two columns called \`${name}\``,
      help: `give one of them another name where \`${only}\` is made`,
    };
  const column = name.split(".").at(-1) ?? name;
  return {
    message: `column \`${name}\` is ambiguous: ${names.map((each) => `\`${each}\``).join(" and ")} have it`,
    help: `write ${names.map((each) => `\`${each}.${column}\``).join(" or ")}`,
  };
});
