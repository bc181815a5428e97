import { loadPyodide } from "/pyodide/pyodide.mjs";

const ready = loadPyodideAndPackages();

async function loadPyodideAndPackages() {
  const pyodide = await loadPyodide();
  await pyodide.loadPackage("numpy");
  return pyodide;
}

onmessage = async ({ data }) => {
  const pyodide = await ready;
  postMessage(await pyodide.runPythonAsync(data));
};
