/** Starts the web app. */
import { render } from "preact";
import { App } from "./app.tsx";
import { keepForOffline } from "./offline.ts";
import { startState } from "./state/app.ts";
import "./style/index.css";

startState();
const root = document.getElementById("app");
if (root !== null) render(<App />, root);
keepForOffline();
