// The door on a host's phone: ticks are kept here first, then sent; without a network for hours, and never counted twice.

localStorage.setItem("allervers-probe", ""); // where nothing can be kept this stops here, and the forms work as they are
localStorage.removeItem("allervers-probe");

const door = document.querySelector("[data-door]");
const STORE = `allervers-door:${door.dataset.id}`;
const DAYS = 3 * 24 * 3600 * 1000;
const EVERY = 15000; // ms between two looks at what other phones did
const MOST = 400; // marks in one call
let net = "online";
let busy = false;

const read = (name) => JSON.parse(localStorage.getItem(name) || "null");
const write = (name, value) => localStorage.setItem(name, JSON.stringify(value));
const load = () => read(STORE) || { room: JSON.parse(door.dataset.room), queue: [], mine: [] };
const say = (name, values = {}) => door.dataset[`say${name}`].replace(/\{(\w+)\}/g, (_, key) => values[key]);
const tell = (text) => { door.querySelector("[data-said]").textContent = text; };

function key() { // rises with each mark of this phone: of two in the same millisecond the later is the greater
  const device = read("allervers-device") || { name: [...crypto.getRandomValues(new Uint8Array(9))].map((byte) => byte.toString(36).padStart(2, "0")).join(""), count: 0 };
  device.count += 1;
  write("allervers-device", device);
  return `${device.name}-${String(device.count).padStart(8, "0")}`;
}

function now(kept) { // the list as it will be once everything was sent
  const guests = kept.room.guests.map((guest) => ({ ...guest }));
  const alone = new Map();
  let walkIns = kept.room.walk_ins;
  for (const mark of kept.queue) {
    const guest = guests.find((one) => one.who === mark.who || (!mark.who && mark.code && one.code === mark.code));
    if (guest) {
      guest.people = mark.people;
      guest.state = mark.people ? "attended" : guest.state === "attended" ? "confirmed" : guest.state;
    } else if (mark.of) {
      walkIns -= alone.get(mark.of) ?? 1;
    } else if (!mark.who && !mark.code) {
      alone.set(mark.key, mark.people);
      walkIns += mark.people;
    }
  }
  return { guests, walkIns, came: walkIns + guests.reduce((sum, guest) => sum + guest.people, 0) };
}

function show() {
  const kept = load();
  const { guests, walkIns, came } = now(kept);
  const list = door.querySelector("[data-list]");
  for (const guest of guests) {
    let line = list.querySelector(`[data-who="${CSS.escape(guest.who)}"]`);
    if (!line) {
      line = door.querySelector("[data-line]").content.firstElementChild.cloneNode(true);
      line.dataset.who = guest.who;
      for (const field of line.querySelectorAll("[name=who]")) field.value = guest.who;
      for (const name of line.querySelectorAll("[data-name]")) name.textContent = guest.code;
      line.querySelector("[data-code]").textContent = guest.code;
      line.querySelector("[data-pseudonym]").textContent = guest.name;
      line.querySelector("[data-mark=came] [name=people]").value = guest.seats;
      list.append(line);
    }
    const is = { attended: guest.state === "attended", waiting: ["waiting", "offered"].includes(guest.state), cancelled: guest.state === "cancelled", remote: guest.mode === "remote" };
    const focused = line.contains(document.activeElement);
    line.dataset.state = guest.state;
    line.classList.toggle("gone", is.cancelled);
    for (const part of line.querySelectorAll("[data-if]")) part.hidden = !is[part.dataset.if];
    line.querySelector("[data-people]").textContent = guest.people;
    line.querySelector("[data-mark=came]").hidden = is.attended;
    line.querySelector("[data-mark=undo]").hidden = !is.attended;
    if (focused) line.querySelector(`[data-mark=${is.attended ? "undo" : "came"}] button`).focus(); // what had the focus may be hidden now
  }
  door.querySelector("[data-nobody]").hidden = guests.length > 0;
  door.querySelector("[data-came]").textContent = came;
  door.querySelector("[data-walk-ins]").textContent = walkIns;
  door.querySelector("[data-mark=minus]").hidden = walkIns === 0;
  const line = door.querySelector("[data-net]");
  const text = say(net[0].toUpperCase() + net.slice(1), { count: kept.queue.length });
  line.hidden = false;
  line.dataset.net = net;
  if (line.firstElementChild.textContent !== text) line.firstElementChild.textContent = text;
  door.querySelector("[data-net-link]").hidden = net !== "signin";
  door.querySelector("[data-forget]").hidden = kept.queue.length > 0;
}

function mark(what) {
  const kept = load();
  kept.queue.push({ key: key(), people: 1, ...what, at: Date.now() });
  if (!what.who && !what.code && !what.of) kept.mine.push(kept.queue.at(-1).key);
  write(STORE, kept);
  show();
  sync();
}

async function sync() {
  if (busy) return;
  busy = true;
  const sent = load().queue.slice(0, MOST);
  let more = false;
  try {
    const marks = sent.map(({ at, ...one }) => ({ ...one, ago: Math.max(0, Date.now() - at) }));
    const headers = { "Content-Type": "application/json", "X-Form-Token": door.dataset.token };
    const response = await fetch(door.dataset.send, { method: "POST", headers, body: JSON.stringify({ marks }), signal: AbortSignal.timeout(10000) });
    if (response.redirected || response.status === 403) net = "signin";
    else if (!response.ok) net = "offline";
    else {
      const answer = await response.json();
      const answered = new Set([...answer.done, ...answer.refused.map((one) => one.key)]);
      const kept = load(); // ticks went on while this was away
      kept.queue = kept.queue.filter((one) => !answered.has(one.key));
      kept.room = answer.room;
      write(STORE, kept);
      net = "online";
      more = sent.length > 0 && kept.queue.length > 0;
      if (answer.refused.length) tell(answer.refused.map((one) => `${one.code} ${one.said}`.trim()).join(" "));
    }
  } catch {
    net = "offline";
  }
  busy = false;
  show();
  if (more) sync();
}

door.addEventListener("submit", (event) => {
  event.preventDefault();
  const form = event.target;
  const kept = load();
  const { guests } = now(kept);
  const people = Number(form.elements.people?.value) || 0;
  switch (form.dataset.mark) {
    case "code": {
      const code = form.elements.code.value.replace(/\s/g, "");
      const guest = guests.find((one) => one.code === code);
      if (!/^\d{4}$/.test(code)) tell(say("Wrong"));
      else if (!guest) { mark({ code, people: people || 1 }); tell(say("Kept", { code })); }
      else if (guest.state === "attended" && (!people || people === guest.people)) tell(say("Again", { code }));
      else { mark({ who: guest.who, people: people || guest.seats }); tell(say("Here", { code, people: people || guest.seats })); }
      form.reset();
      form.elements.code.focus();
      break;
    }
    case "plus":
      mark({});
      tell(say("Plus"));
      break;
    case "minus": { // this phone's own last one first: another's may be meant by its host
      const of = kept.mine.pop() || kept.room.last;
      if (!of) break;
      write(STORE, kept);
      mark({ of });
      tell(say("Minus"));
      break;
    }
    default: {
      const guest = guests.find((one) => one.who === form.elements.who.value);
      const undo = form.dataset.mark === "undo";
      mark({ who: guest.who, people: undo ? 0 : people || guest.seats });
      tell(undo ? say("Back", { code: guest.code }) : say("Here", { code: guest.code, people: people || guest.seats }));
    }
  }
});

function forget() { // only once everything was sent
  if (load().queue.length) return false;
  localStorage.removeItem(STORE);
  navigator.serviceWorker?.controller?.postMessage({ forget: location.pathname });
  return true;
}

door.querySelector("[data-forget-button]").addEventListener("click", () => {
  if (!forget()) return;
  tell(say("Forgotten"));
  door.querySelector("[data-list]").replaceChildren();
  door.querySelector("[data-forget]").hidden = true;
  clearInterval(beat);
});
document.querySelector("form.out")?.addEventListener("submit", forget);

for (const name of Object.keys(localStorage)) { // nothing of an evening stays on a phone that nobody clears
  const kept = name.startsWith("allervers-door:") ? read(name) : null;
  if (kept && !kept.queue.length && Date.now() - kept.room.at > DAYS) localStorage.removeItem(name);
}
const first = load();
const page = JSON.parse(door.dataset.room);
if (page.at >= first.room.at) first.room = page;
write(STORE, first);
const beat = setInterval(sync, EVERY);
addEventListener("online", sync);
addEventListener("storage", show); // another tab of the same phone
document.addEventListener("visibilitychange", () => { if (!document.hidden) sync(); });
show();
sync();

if ("serviceWorker" in navigator) { // only on https, or on the machine itself: elsewhere the page must stay open
  const made = [...document.querySelectorAll("link[href], script[src], img[src]")].map((one) => one.href || one.src);
  navigator.serviceWorker.addEventListener("message", (event) => { if (event.data.kept) door.dataset.kept = "yes"; });
  navigator.serviceWorker.register(door.dataset.worker).then(() => navigator.serviceWorker.ready).then((ready) => {
    ready.active.postMessage({ keep: [location.pathname, ...made] });
  });
}
