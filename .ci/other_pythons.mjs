// Runs other_pythons.py in a Pyodide: node other_pythons.mjs FOLDER_OF_PYODIDE EXPECTED_VERSION
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [folder, expected] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(`${folder}/pyodide.mjs`));
const python = await loadPyodide({ indexURL: folder, env: { HOME: "/home/pyodide", EXPECTED_PYTHON: expected } });
python.FS.mkdirTree("/course");
python.FS.mount(python.FS.filesystems.NODEFS, { root: process.cwd() }, "/course");
process.exitCode = python.runPython(readFileSync(".ci/other_pythons.py", "utf-8"));
