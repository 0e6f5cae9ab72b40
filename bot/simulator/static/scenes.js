// The scenes that play on the two phones; simulator.js has the phones and the clock.

// 06 39 98 00 00 to 99 99 belong to nobody: Arcep keeps them for fiction; the first thousand is who wrote before
const fictional = (place) => `+3363998${String(place % 10000).padStart(4, "0")}`;
const stranger = () => 1000 + Math.floor(Math.random() * 8900);
const someNumber = () => fictional(stranger());
const capital = (word) => word.charAt(0) + word.slice(1).toLowerCase();

// scene 6 ends with a seat: played again, also after the page was loaded anew, it is left first
async function leaveSeat() {
  const kept = JSON.parse(sessionStorage.getItem("seat") ?? "null");
  sessionStorage.removeItem("seat");
  if (kept) await call(kept.address, { press: kept.press });
}

// fills a form of the desk and sends it; false when it is not there
async function send(action, values) {
  const form = desk.contentDocument?.querySelector(`form[action*="/${action}"]`);
  if (!form) return false;
  for (const [name, value] of Object.entries(values)) form.elements[name].value = value;
  const loaded = new Promise((done) => desk.addEventListener("load", done, { once: true }));
  form.requestSubmit();
  await Promise.race([loaded, pause(PATIENCE * 1000)]);
  return true;
}

// the other one of the invented city sits down at the desk
async function change(email) {
  await send("deconnexion", {});
  await showIn("desk", "/desk/connexion");
  await enter(email);
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

  async 5() {
    const keypad = phones.sms;
    await keypad.become(someNumber());
    tell("scene5_yes");
    for (const text of ["REGLAGES", "1"]) {
      await keypad.type(text);
      await keypad.answer();
      await pause(900);
    }
    await enter();
    tell("scene5_dear");
    await showIn("desk", "/desk/campagnes/nouvelle?modele=workshop");
    await send("nouvelle", {
      "text-fr": "C’est votre place ! Venez dessiner l’ombre, les bancs et les jeux d’eau : {workshop}, {date} à {hour}, {place} ({access}). Un goûter et une garderie vous attendent…",
    });
    const page = desk.contentDocument.location.pathname;
    await pause(3500);
    tell("scene5_cheap");
    await showIn("desk", `${page}/modifier`);
    await send("modifier", { "text-fr": "{workshop}, {date} à {hour}, {place}. Un repas et une garderie vous attendent." });
    await pause(3000);
    tell("scene5_test");
    if (await send("telephone", {})) {
      const [, code] = desk.contentDocument.querySelector("main").textContent.match(/TEST (\d{6})/);
      await keypad.type(`TEST ${code}`);
      await keypad.answer();
      await showIn("desk", page);
    }
    await send("essai", {});
    await pause(2000);
    await send("soumettre", {});
    await pause(1500);
    tell("scene5_second");
    await change(account.dataset.colleague);
    await showIn("desk", page);
    await pause(1500);
    await keypad.look();
    const before = keypad.arrived;
    await send("approuver", {});
    tell("scene5_leaves");
    for (let hour = 0; hour < 45 && keypad.arrived === before; hour += 1) {
      await advance(3600); // never at night, on a Sunday or a holiday
      await pause(1500);
      await keypad.look();
    }
    await showIn("desk", page);
    await pause(2500);
    tell("scene5_end");
    await change();
  },

  async 6() {
    const touch = phones.telegram;
    const keypad = phones.sms;
    await leaveSeat();
    await keypad.become(someNumber());
    tell("scene6_start");
    for (const text of ["ATELIER", "1"]) {
      await keypad.type(text);
      await keypad.answer();
      await pause(900);
    }
    await keypad.type("on vient à 2");
    await keypad.answer();
    await pause(1200);
    tell("scene6_full");
    await touch.become(String(700000 + Math.floor(Math.random() * 99999)));
    await touch.say({ text: "/ateliers" });
    for (let step = 0; step < 2; step += 1) {
      const asked = await touch.answer(true);
      await pause(900);
      await touch.press(asked.choices[0]);
    }
    const full = await touch.answer(true);
    await pause(1200);
    await touch.press(full.choices.at(-1)); // keeps the rank
    await touch.answer();
    tell("scene6_reminder");
    const left = (Date.parse(stage.dataset.reminded) - latest) / 1000;
    if (left > 0) {
      const reminder = keypad.answer();
      await advance(left);
      await reminder;
      await pause(1800);
      await keypad.type("2");
    } else {
      await keypad.type("ANNULER");
    }
    await keypad.answer();
    tell("scene6_offer");
    const offered = touch.answer(true);
    if (left <= 0) await advance(IDLE); // played again: an offer waits until a conversation is over
    const offer = await offered;
    await pause(1500);
    await touch.press(offer.choices[0]);
    const { choices } = await touch.answer(true);
    sessionStorage.setItem("seat", JSON.stringify({ address: touch.address, press: choices.at(-1).press }));
    await pause(1200);
    tell("scene6_door");
    await enter();
    await showIn("desk", `/desk/ateliers/${stage.dataset.room}`);
    await pause(3000);
    tell("scene6_end");
    if (inside()) await showIn("site", `/desk/demarches/${stage.dataset.process}/cahier.pdf`);
  },

  async 7() {
    const keypad = phones.sms;
    const { owed, waits, rings } = stage.dataset;
    await keypad.become(rings);
    tell("scene7_owed");
    await enter();
    await showIn("desk", "/desk/dettes");
    await pause(2500);
    await showIn("desk", `/desk/demarches/${owed}/points/${waits}`);
    tell("scene7_point");
    await pause(1800);
    const note = { feasible: "conditions", cost: "4 000 euros par an", note: "Un gardien ferme à 20 h." };
    if (await send("instruction", note)) {
      await pause(1800);
      tell("scene7_decide");
      const day = new Date(latest).toISOString().slice(0, 10);
      await send("position", {
        decision: "partly", decided_by: "l'adjointe à l'éducation", decided_on: day, due_on: "2030-06-01",
        reasons: "Le samedi, un gardien est là. Le soir, les voisins demandent un essai d'abord.",
        reason: "le gardien est là le samedi", done: "ouverte le samedi avant mai 2028",
        "reason-en": "the keeper is there on Saturdays", "done-en": "open on Saturdays, May 2028",
      });
      await pause(2500);
      await showIn("desk", `/desk/demarches/${owed}/reponse`);
      tell("scene7_publish");
      await pause(2500);
      const answer = keypad.answer();
      await send("publier", {});
      await advance(60);
      await answer;
      tell("scene7_end");
    } else {
      tell("scene7_again");
    }
    await showIn("site", `/demarches/${owed}#point-${waits}`);
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
