// The result on the screen: what this phone found, then what the server says.

import { DAY } from "./verdict.js";
import { filled, inFull, openingInFull, span, words } from "./words.js";

const shape = document.getElementById("outcome-shape");
const symbols = shape.content.querySelector("use").getAttribute("href").split("#")[0];

export function shownLocally(verdict, { facts, place, stock, now }) {
  const said = words.verdicts[verdict];
  const outcome = shape.content.cloneNode(true);
  const part = (name) => outcome.querySelector(`[data-slot="${name}"]`);
  part("outcome").classList.add(`outcome--${said.tone}`);
  part("outcome").dataset.verdict = verdict;
  outcome.querySelector("use").setAttribute("href", `${symbols}#${said.symbol}`);
  part("word").textContent = said.word;
  part("word").classList.add(`outcome__word--${said.size}`);
  part("line").textContent = lineOf(verdict, facts, stock, said.line);
  part("next").textContent = said.next;
  part("facts").replaceChildren(...(facts ? rowsOf(facts, stock) : []).flatMap(row));
  part("notes").replaceChildren(...notesOf(verdict, { facts, place, stock, now }).map(note));
  return outcome;
}

// As the list of places has it.
function placeOf({ scope, election, constituency }) {
  if (scope !== "constituency") return words.scopes[scope];
  const option = document.querySelector(`option[value="${election}-${constituency}"]`);
  return option ? option.textContent.trim() : String(constituency);
}

const endOf = ({ until, election }, { list }) => Math.max(until, list ? list.keptUntil(election) : 0);

function lineOf(verdict, facts, stock, line) {
  if (!facts) return line;
  if (verdict === "valid") return placeOf(facts);
  const { election, from } = facts;
  const moment = verdict === "not_yet" ? openingInFull(from, election) : inFull(endOf(facts, stock), election);
  return filled(line, { place: placeOf(facts), moment });
}

function rowsOf(facts, stock) {
  const { phrases, elections } = words;
  return [
    [phrases.number, facts.number, "mono"],
    [phrases.serial, `№ ${facts.serial}`],
    [phrases.where, placeOf(facts)],
    [phrases.valid_from, openingInFull(facts.from, facts.election)],
    [phrases.valid_until, inFull(endOf(facts, stock), facts.election)],
    [phrases.election, elections[facts.election]?.name ?? String(facts.election)],
  ];
}

function row([label, value, look]) {
  const term = document.createElement("dt");
  const meaning = document.createElement("dd");
  term.textContent = label;
  meaning.textContent = value;
  if (look) meaning.className = look;
  return [term, meaning];
}

// What this phone could not know, never left unsaid.
function notesOf(verdict, { facts, place, stock, now }) {
  if (!facts) return [];
  const notes = [];
  if (verdict === "valid" && facts.scope === "constituency" && !place) notes.push({ text: words.phrases.choose });
  notes.push({ text: words.phrases.compare });
  const age = stock.list ? ageOf(stock, now) : { text: words.phrases.no_list, strong: true };
  return age.strong ? [age, ...notes] : [...notes, age];
}

function ageOf({ listAt }, now) {
  const age = Math.max(0, now - listAt);
  const values = { moment: inFull(listAt), span: span(age) };
  const strong = age >= DAY;
  return { text: filled(strong ? words.phrases.old_list : words.phrases.list_age, values), strong };
}

export function note({ text, strong = false }) {
  const line = document.createElement("p");
  line.className = strong ? "note note--strong" : "note";
  line.textContent = text;
  return line;
}
