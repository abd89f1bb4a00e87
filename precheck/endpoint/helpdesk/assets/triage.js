// Keeps who is stuck, and on what, up to date.

import { keepUpToDate } from "./staff.live.js";

keepUpToDate(10); // seconds
