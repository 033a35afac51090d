// Makes a form of each question of the page.
import { start } from "./predictions.js";

start();
