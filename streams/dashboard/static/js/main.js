/** Where the page begins. */

import { Desk } from "./desk.js";
import { tokenFromAddress } from "./signin.js";
import { themeSwitch } from "./theme.js";

themeSwitch();
await tokenFromAddress();
await new Desk().start();
