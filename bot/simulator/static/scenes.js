// The scenes that play on the phones alone, and what all scenes use; simulator.js has the phones and the clock.

// 06 39 98 00 00 to 99 99 belong to nobody: Arcep keeps them for fiction; the first thousand is who wrote before
const fictional = (place) => `+3363998${String(place % 10000).padStart(4, "0")}`;
const stranger = () => 1000 + Math.floor(Math.random() * 8900);
const someNumber = () => fictional(stranger());
const capital = (word) => word.charAt(0) + word.slice(1).toLowerCase();

// fills a form of the desk and sends it; false when it is not there
async function submit(form, values = {}) {
  if (!form) return false;
  for (const [name, value] of Object.entries(values)) form.elements[name].value = value;
  const folded = form.closest("details");
  if (folded) folded.open = true;
  if (form.offsetHeight > 60) { // more than a button: let it be seen
    form.scrollIntoView({ block: "center" });
    await pause(1500);
  }
  const loaded = shown(desk);
  form.requestSubmit();
  await loaded;
  return true;
}
const atDesk = (selector) => desk.contentDocument?.querySelector(selector);
const send = (action, values) => submit(atDesk(`form[action*="/${action}"]`), values);
const decide = (kind, values) => submit(atDesk(`form:has([name="decision"][value="${kind}"])`), values);

const lookAt = (selector, block = "start") => atDesk(selector)?.scrollIntoView({ block });

// one key of the desk, as who reads all day presses it
async function key(name) {
  const loaded = shown(desk);
  desk.contentDocument.body.dispatchEvent(new desk.contentWindow.KeyboardEvent("keydown", { key: name, bubbles: true }));
  await loaded;
}

// turns the pages of what waits until these words stand there: their address, "" when nobody has to read them any more
async function find(words) {
  for (let page = "/desk/contributions"; page;) {
    const list = new DOMParser().parseFromString(await (await fetch(page)).text(), "text/html");
    const row = [...list.querySelectorAll("[aria-labelledby=items] li > a")].find((one) => one.textContent.includes(words.slice(0, 60)));
    if (row) return row.getAttribute("href");
    page = list.querySelector("a[rel=next]")?.getAttribute("href");
  }
  return "";
}

// the other one of the invented city sits down at the desk
async function change(email) {
  await send("deconnexion");
  await showIn("desk", "/desk/connexion");
  await enter(email);
}

// hours pass until something comes to a phone: never at night, on a Sunday or a holiday
async function untilItRings(phone) {
  await phone.look();
  const before = phone.arrived;
  for (let hour = 0; hour < 45; hour += 1) {
    for (let looked = 0; looked < 8; looked += 1) {
      await phone.look();
      if (phone.arrived > before) return phone.latest;
      await pause(250);
    }
    await advance(hour ? 3600 : 60);
  }
  throw new Error("it does not ring");
}

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
    await pause(3500);
    const keypad = phones.sms;
    await keypad.become(people[0]);
    const found = await call(`/simulator/sms/${encodeURIComponent(people[0])}/traces`);
    tell("scene8_search", { stored: found.stored, published: found.published });
    await pause(3000);
    tell("scene8_forget");
    await keypad.type("OUBLI");
    await keypad.answer();
    await pause(1200);
    await keypad.type("1");
    const { text } = await keypad.answer();
    if (text.includes("A ") && text.includes(" B ")) { // the question of its own text is open too: which one was it
      await pause(1200);
      await keypad.type("A");
      await keypad.answer();
    }
    await pause(2500);
    tell("scene8_last");
  },
};

const buttons = [...document.querySelectorAll("[data-scene]")];
for (const button of buttons) {
  button.addEventListener("click", async () => {
    if (playing) return;
    playing = true;
    button.setAttribute("aria-current", "true");
    for (const one of buttons) one.disabled = true;
    try {
      await scenes[button.dataset.scene]();
      button.classList.add("played");
    } catch {
      tell("failed");
    } finally {
      playing = false;
      button.removeAttribute("aria-current");
      for (const one of buttons) one.disabled = false;
      button.focus();
    }
  });
}
