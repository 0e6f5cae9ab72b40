// Two phones in a page and the clock of their city: everything goes through the same addresses as the checks.

const sentences = JSON.parse(document.getElementById("sentences").textContent);
const stage = document.getElementById("stage");
const told = document.getElementById("told");
const PRICE = 0.07; // euros a part, an example
const PATIENCE = 15; // seconds for an answer
const IDLE = 1900; // seconds after which a conversation is over
const SILENCE = { sms: 61, telegram: 21 }; // seconds
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

let reachable = true;
let parts = 0;

function tell(name, values = {}) {
  told.textContent = sentences[name].replace(/\{(\w+)\}/g, (_all, key) => values[key]);
  told.classList.toggle("bad", name === "down");
}

async function call(path, body) {
  const answer = await fetch(path, body === undefined ? {} : {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer.headers.get("Content-Type")?.startsWith("application/json") ? answer.json() : null;
}

class Phone {
  constructor(section) {
    this.section = section;
    this.network = section.dataset.network;
    this.number = section.dataset.phone;
    this.screen = section.querySelector(".screen");
    this.talk = section.querySelector(".talk");
    this.field = section.querySelector("textarea");
    this.lines = new Map();
    this.last = "";
    this.arrived = 0;
    this.asked = 0;
    section.querySelector("form").addEventListener("submit", (event) => {
      event.preventDefault();
      const text = this.field.value.trim();
      if (text) this.say({ text }).then(() => { this.field.value = ""; }, () => {});
    });
    this.field.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        this.section.querySelector("form").requestSubmit();
      }
    });
    for (const key of section.querySelectorAll("[data-key]")) {
      key.addEventListener("click", () => { this.field.value += key.dataset.key; });
    }
    section.querySelector(".start")?.addEventListener("click", () => this.say({ start: stage.dataset.start }));
  }

  get address() { return `/simulator/${this.network}/${encodeURIComponent(this.number)}/messages`; }

  async say(what) {
    await call(this.address, what);
    this.show({ id: `mine-${this.lines.size}`, text: what.text ?? what.label ?? "/start", choices: [] }, true);
  }

  // type it letter by letter, as a person would
  async type(text) {
    this.field.value = "";
    for (const letter of text) {
      this.field.value += letter;
      await pause(18);
    }
    await pause(250);
    await this.say({ text });
    this.field.value = "";
  }

  show(item, mine) {
    const line = this.lines.get(item.replaces) ?? document.createElement("li");
    line.className = mine ? "mine new" : "new";
    line.textContent = item.text;
    line.dir = "auto";
    if (!mine && this.network === "sms") {
      const note = document.createElement("small");
      note.textContent = sentences.parts.replace("{parts}", item.parts).replace("{encoding}", item.encoding);
      line.append(note);
      parts += item.parts;
      document.getElementById("euros").textContent = (parts * PRICE).toLocaleString(stage.dataset.language, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
    }
    if (item.file) {
      const link = document.createElement("a");
      link.className = "file";
      link.download = item.file.name;
      link.textContent = item.file.name;
      link.href = URL.createObjectURL(new Blob([item.file.content], { type: item.file.type }));
      line.append(link);
    }
    if (this.network === "telegram" && item.choices.length) line.append(this.buttons(item));
    this.lines.set(item.replaces || item.id, line);
    this.lines.set(item.id, line);
    if (!line.isConnected) this.talk.append(line);
    this.screen.scrollTo({ top: this.screen.scrollHeight });
  }

  buttons(item) {
    const row = document.createElement("div");
    row.className = "buttons";
    for (const choice of item.choices) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "plain";
      button.textContent = choice.label;
      button.addEventListener("click", () => this.press(choice));
      row.append(button);
    }
    return row;
  }

  async press(choice) {
    await call(this.address, { press: choice.press });
  }

  async look() {
    const { items } = await call(`${this.address}?after=${encodeURIComponent(this.last)}`);
    for (const item of items) {
      this.last = item.id;
      this.latest = item;
      this.arrived += 1;
      if (item.choices.length) {
        this.question = item;
        this.asked += 1;
      }
      this.show(item, false);
    }
  }

  async become(number) {
    this.number = number;
    this.last = "";
    this.lines.clear();
    this.talk.replaceChildren();
    const label = this.section.querySelector("[data-shown]");
    if (label) label.textContent = `0${number.slice(3).replace(/\B(?=(\d{2})+$)/g, " ")}`;
    await this.look();
  }

  // resolves when something new has come (that asks something, if need be)
  async answer(asks = false) {
    const before = asks ? this.asked : this.arrived;
    for (let waited = 0; waited < PATIENCE * 5; waited += 1) {
      await this.look();
      if ((asks ? this.asked : this.arrived) > before) return asks ? this.question : this.latest;
      await pause(200);
    }
    throw new Error("no answer");
  }
}

const phones = Object.fromEntries([...document.querySelectorAll(".phone")].map((section) => [section.dataset.network, new Phone(section)]));

async function advance(seconds) {
  await call("/simulator/clock", { advance: seconds });
  await state();
}

let latest = 0; // the demonstration's clock starts again with the service: it is moved on to where it was

async function state() {
  const found = await call("/simulator/state");
  const behind = Math.ceil((latest - Date.parse(found.at)) / 1000);
  latest = Math.max(latest, Date.parse(found.at));
  if (behind > 2) {
    await call("/simulator/clock", { advance: behind });
    return state();
  }
  const clock = document.getElementById("clock");
  clock.dateTime = found.at;
  clock.textContent = found.shown;
  for (const name of ["reachable", "contributions", "due"]) document.getElementById(name).textContent = found[name];
  return found;
}

function reload(name) {
  const frame = document.getElementById(name);
  frame.contentWindow?.location.reload();
}

// resolves when a window of the page has loaded what it shows next
async function shown(frame) {
  await Promise.race([new Promise((done) => frame.addEventListener("load", done, { once: true })), pause(PATIENCE * 1000)]);
}

// the account of the invented city: one press instead of typing it
const account = document.getElementById("account");
const desk = document.getElementById("desk");
const gate = () => desk.contentDocument?.querySelector("form[action^='/desk/connexion']");
async function enter(email = account?.dataset.email) {
  const form = gate();
  if (!form || !account) return;
  form.elements.email.value = email;
  form.elements.password.value = account.dataset.password;
  const loaded = shown(desk);
  form.requestSubmit();
  await loaded;
}
document.getElementById("enter")?.addEventListener("click", () => enter());
// resolves when a window of the page shows another address
async function showIn(name, address) {
  const frame = document.getElementById(name);
  const loaded = shown(frame);
  const [path, place] = address.split("#");
  const there = frame.contentDocument?.location;
  if (place && there?.pathname === path) { // the same page once more, at another place or as it reads by now
    there.hash = place;
    there.reload();
  } else {
    frame.src = address;
  }
  await loaded;
}
function inside() {
  if (account) account.hidden = !gate();
  return !gate();
}
desk.addEventListener("load", inside);
inside();

async function back() {
  for (;;) {
    await pause(500);
    try {
      const answer = await fetch("/ready");
      if (answer.ok) break;
    } catch { /* still down */ }
  }
  reachable = true;
}

let playing = false;
for (const button of document.querySelectorAll("[data-advance]")) {
  button.addEventListener("click", () => advance(Number(button.dataset.advance)).catch(() => tell("failed")));
}

(async function watch() {
  for (;;) {
    try {
      if (reachable && !playing) {
        await Promise.all(Object.values(phones).map((phone) => phone.look()));
        await state();
      }
    } catch {
      tell("down");
      await back();
      tell("up");
    }
    await pause(1000);
  }
})();
