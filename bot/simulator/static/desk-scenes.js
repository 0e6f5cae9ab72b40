// The scenes in which somebody sits at the desk; scenes.js has what they use.

// scene 6 ends with a seat: played again, also after the page was loaded anew, it is left first
async function leaveSeat() {
  const kept = JSON.parse(sessionStorage.getItem("seat") ?? "null");
  sessionStorage.removeItem("seat");
  if (kept) await call(kept.address, { press: kept.press });
}

// opens what holds these words; false when it was decided already
async function reads(words, say) {
  const address = await find(words);
  if (!address) return false;
  say();
  await showIn("desk", address);
  lookAt(".reading");
  await pause(2500);
  return true;
}

Object.assign(scenes, {
  async 1() {
    const keypad = phones.sms;
    const { ended, cites, calls } = stage.dataset;
    await keypad.become(calls);
    tell("scene1_day");
    await enter();
    await showIn("desk", `/desk/demarches/${ended}/reponse`);
    await pause(2000);
    if (await send("publier")) {
      tell("scene1_rings");
      await untilItRings(keypad);
    } else {
      tell("scene1_again");
    }
    await pause(2500);
    await showIn("site", `/demarches/${ended}#point-${cites}`);
    tell("scene1_point");
    await pause(3500);
    const told = keypad.latest?.text.match(/(\d{4}) (\d{4})/);
    const cited = document.getElementById("site").contentDocument.querySelector(`#point-${cites} .cites a`);
    await showIn("site", told ? `/suivi/${told[1]}${told[2]}` : cited.href);
    tell("scene1_end");
  },

  async 4() {
    const touch = phones.telegram;
    const cast = JSON.parse(stage.dataset.cast);
    await enter();
    await showIn("site", `/demarches/${stage.dataset.process}/contributions`);
    await showIn("desk", "/desk/contributions/page");
    tell("scene4_ten", { waiting: parseInt(atDesk(".left")?.textContent ?? "0", 10) });
    lookAt("main");
    await pause(3000);
    if (atDesk(".ten")) await key("d");
    await pause(2000);
    if (await reads(cast.hide, () => tell("scene4_hide"))) await decide("redact");
    if (await reads(cast.copies, () => tell("scene4_copies"))) await decide("accept");
    await pause(1500);
    const answer = "Ils sont tirés au sort par la Ville. Pour venir dessiner la place : ATELIER.";
    if (await reads(cast.question, () => tell("scene4_question"))) await decide("answer", { text: answer });
    await touch.become(cast.author);
    const refused = await reads(cast.refuse, () => tell("scene4_refuse"));
    if (refused) {
      const why = { reason: "R2", fact: "le mot guignol" };
      await decide("refuse", why);
      await pause(1500);
      await send("annuler");
      tell("scene4_undo");
      await pause(2000);
      await decide("refuse", why);
      tell("scene4_told");
      await pause(1000);
      await advance(11);
      reload("site");
      await untilItRings(touch);
      await pause(2500);
      await touch.type("RECOURS");
      await touch.answer();
      tell("scene4_appeal");
    } else {
      tell("scene4_again");
    }
    await showIn("desk", "/desk/recours");
    await pause(2500);
    const [waits] = [...desk.contentDocument.querySelectorAll(".queue > li > a")];
    if (waits) await showIn("desk", waits.getAttribute("href"));
    lookAt(".decide .note", "end");
    if (refused) tell("scene4_end");
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
    if (await send("telephone")) {
      const [, code] = desk.contentDocument.querySelector("main").textContent.match(/TEST (\d{6})/);
      await keypad.type(`TEST ${code}`);
      await keypad.answer();
      await showIn("desk", page);
    }
    await send("essai");
    await pause(2000);
    await send("soumettre");
    await pause(1500);
    tell("scene5_second");
    await change(account.dataset.colleague);
    await showIn("desk", page);
    await pause(1500);
    await send("approuver");
    tell("scene5_leaves");
    await untilItRings(keypad);
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
    await enter();
    await showIn("desk", "/desk/dettes");
    const late = atDesk(`tr:has(a[href*="${owed}/points/${waits}"]) .hot .small`);
    if (late) tell("scene7_owed", { days: parseInt(late.textContent, 10) });
    await pause(2500);
    await showIn("desk", `/desk/demarches/${owed}/points/${waits}`);
    tell("scene7_point");
    await pause(1800);
    const note = { feasible: "conditions", cost: "4 000 euros par an", note: "Un gardien ferme à 20 h." };
    if (await send("instruction", note)) {
      await pause(1800);
      tell("scene7_decide");
      const day = new Date(latest).toISOString().slice(0, 10);
      const year = new Date(latest).getFullYear() + 2;
      await send("position", {
        decision: "partly", decided_by: "l'adjointe à l'éducation", decided_on: day, due_on: `${year}-05-01`,
        reasons: "Le samedi, un gardien est là. Le soir, les voisins demandent un essai d'abord.",
        reason: "le gardien est là le samedi", done: `ouverte le samedi avant mai ${year}`,
        "reason-en": "the keeper is there on Saturdays", "done-en": `open on Saturdays, May ${year}`,
      });
      await pause(2500);
      await showIn("desk", `/desk/demarches/${owed}/reponse`);
      tell("scene7_publish");
      await pause(2500);
      const answer = keypad.answer();
      await send("publier");
      await advance(60);
      await answer;
      tell("scene7_end");
    } else {
      tell("scene7_again");
    }
    await showIn("site", `/demarches/${owed}#point-${waits}`);
  },
});
