// What the page says, in the language it was sent in; and moments in full, as the server says them.

export const words = JSON.parse(document.getElementById("verify-words").textContent);

const WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

export function filled(text, values) {
  return text.replace(/%\((\w+)\)s/g, (_whole, name) => values[name] ?? "");
}

// "Sunday 28 January 2024, 24:00 (Baku time)": midnight belongs to the day that ends then.
export function inFull(seconds, election) {
  const { zone } = words.elections[election] ?? words;
  const midnight = clock(seconds, zone.name) === "00:00";
  return said(midnight ? seconds - 60 : seconds, zone, midnight ? "24:00" : null);
}

// Of something that begins then: midnight is 00:00 of the new day.
export function openingInFull(seconds, election) {
  const { zone } = words.elections[election] ?? words;
  return said(seconds, zone, null);
}

function said(seconds, zone, time) {
  const parts = { time: time ?? clock(seconds, zone.name), zone: zone.words };
  return filled(words.phrases.moment, { ...day(seconds, zone.name), ...parts });
}

function clock(seconds, timeZone) {
  const format = { timeZone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  return new Intl.DateTimeFormat("en-GB", format).format(seconds * 1000);
}

// Names from the server: not every phone knows those of every language.
function day(seconds, timeZone) {
  const format = { timeZone, weekday: "short", day: "numeric", month: "numeric", year: "numeric" };
  const parts = new Intl.DateTimeFormat("en-GB", format).formatToParts(seconds * 1000);
  const { weekday, day: number, month, year } = Object.fromEntries(parts.map((part) => [part.type, part.value]));
  return {
    weekday: words.weekdays[WEEKDAYS.indexOf(weekday)],
    day: number,
    month: words.months[Number(month) - 1],
    year,
  };
}

// "3 hours", in the largest unit that fits.
export function span(seconds) {
  const { days, hours, minutes } = words.spans;
  if (seconds >= 86400) return days[Math.min(Math.floor(seconds / 86400), days.length) - 1];
  if (seconds >= 3600) return hours[Math.floor(seconds / 3600) - 1];
  return minutes[Math.max(1, Math.floor(seconds / 60)) - 1];
}
