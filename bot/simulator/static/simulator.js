// Two phones in a page, and the scenes that play on them: everything goes through the same addresses as the checks.

const sentences = JSON.parse(document.getElementById("sentences").textContent);
const stage = document.getElementById("stage");
const told = document.getElementById("told");
const PRICE = 0.07; // euros a part, an example
const PATIENCE = 15; // seconds for an answer
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
    const before = this.arrived;
    for (let waited = 0; waited < PATIENCE * 5; waited += 1) {
      await this.look();
      if (this.arrived > before && (!asks || this.latest.choices.length)) return this.latest;
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

// the account of the invented city: one press instead of typing it
const account = document.getElementById("account");
const desk = document.getElementById("desk");
document.getElementById("enter")?.addEventListener("click", () => {
  const form = desk.contentDocument?.querySelector("form[action^='/desk/connexion']");
  if (!form) return;
  form.elements.email.value = account.dataset.email;
  form.elements.password.value = account.dataset.password;
  form.requestSubmit();
});
function inside() {
  if (account) account.hidden = !desk.contentDocument?.querySelector("form[action^='/desk/connexion']");
}
desk.addEventListener("load", inside);
inside();

const scenes = {
  async 2() {
    const phone = phones.sms;
    await phone.become(someNumber());
    tell("scene2_poster", { keyword: stage.dataset.keyword });
    await pause(1200);
    await phone.type(`${capital(stage.dataset.keyword)} des bancs et de l'ombre`);
    tell("scene2_silence");
    await pause(900);
    await advance(SILENCE.sms);
    await phone.answer();
    tell("scene2_question");
    await pause(1800);
    await phone.type("1");
    await phone.answer();
    tell("scene2_end");
    reload("desk");
  },

  async 3() {
    const touch = phones.telegram;
    const keypad = phones.sms;
    await touch.become(String(700000 + Math.floor(Math.random() * 99999)));
    tell("scene3_start");
    await touch.say({ start: stage.dataset.start });
    await touch.answer();
    await pause(1200);
    for (const text of ["ya trop de bitume", "mettez des arbres", "et un coin pour les jeunes, pas juste les bancs"]) await touch.type(text);
    await touch.say({ text: "voila ce que je veux dire, la place a midi", attachment: "photo" });
    tell("scene3_card");
    const asked = touch.answer(true);
    await advance(SILENCE.telegram);
    const card = await asked;
    await pause(1800);
    await touch.press(card.choices[0]);
    await touch.answer();
    tell("scene3_arabic");
    await keypad.become(someNumber());
    await keypad.type("SAHA نحتاج الى مقاعد و ظل للاطفال");
    await advance(SILENCE.sms);
    await keypad.answer();
    await pause(1200);
    await keypad.type("١");
    await keypad.answer();
    await pause(1200);
    tell("scene3_stop_opinion");
    await keypad.become(someNumber());
    await keypad.type("Stop aux voitures place du Marché");
    await advance(SILENCE.sms);
    await keypad.answer();
    for (let step = 0; step < 2; step += 1) {
      await pause(1200);
      await keypad.type("1");
      await keypad.answer();
    }
    await pause(1200);
    tell("scene3_stop");
    await keypad.type("STOP");
    await keypad.answer();
    reload("desk");
  },

  async 8() {
    const first = stranger();
    const people = Array.from({ length: 40 }, (_none, place) => fictional(first + place));
    const before = await state();
    tell("scene8_crowd", { people: people.length });
    const taken = (await Promise.allSettled(people.map((number, index) => call(
      `/simulator/sms/${encodeURIComponent(number)}/messages`, { text: `${capital(stage.dataset.keyword)} un banc pour la personne ${index + 1}` },
    )))).filter((one) => one.status === "fulfilled").length;
    await advance(SILENCE.sms);
    await pause(700);
    tell("down");
    reachable = false;
    await call("/simulator/cut", {}).catch(() => {});
    await back();
    let after = await state();
    for (let waited = 0; waited < 120 && after.queued; waited += 1) {
      tell("scene8_leaving", { queued: after.queued });
      await pause(1000);
      after = await state();
    }
    tell("scene8_end", {
      taken, kept: after.heard - before.heard, sent: after.sent - before.sent, lost: Math.max(0, taken - (after.heard - before.heard)), unknown: after.unknown - before.unknown,
    });
    reload("desk");
    reload("site");
  },
};

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

// 06 39 98 00 00 to 99 99 belong to nobody: Arcep keeps them for fiction; the first thousand is who wrote before
const fictional = (place) => `+3363998${String(place % 10000).padStart(4, "0")}`;
const stranger = () => 1000 + Math.floor(Math.random() * 8900);
const someNumber = () => fictional(stranger());
const capital = (word) => word.charAt(0) + word.slice(1).toLowerCase();

let playing = false;
for (const button of document.querySelectorAll("[data-scene]")) {
  button.addEventListener("click", async () => {
    if (playing) return;
    playing = true;
    for (const one of document.querySelectorAll("[data-scene]")) one.disabled = true;
    try {
      await scenes[button.dataset.scene]();
    } catch {
      tell("failed");
    } finally {
      playing = false;
      for (const one of document.querySelectorAll("[data-scene]")) one.disabled = false;
      button.focus();
    }
  });
}
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
