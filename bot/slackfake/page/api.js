// The page's only way to the workspace: JSON calls and one stream of changes.

async function answer(response) {
  const body = await response.json().catch(() => ({}));
  if (!response.ok || body.ok === false) throw new Error(body.error || `The demo answered ${response.status}.`);
  return body;
}

// state is all that a person sees.
export async function state(user) {
  return answer(await fetch(`demo/state?user=${encodeURIComponent(user)}`));
}

// act does something as a person: "post", "click", … It throws with a sentence for people.
export async function act(name, body) {
  return answer(await fetch(`demo/${name}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  }));
}

// trace is what went over the wire after line number since.
export async function trace(since) {
  return (await answer(await fetch(`demo/trace?since=${since}`))).lines;
}

// file is the text of a file.
export async function file(user, id) {
  const response = await fetch(fileAddress(user, id));
  if (!response.ok) throw new Error("The file is not there.");
  return response.text();
}

export function fileAddress(user, id) {
  return `demo/file?user=${encodeURIComponent(user)}&id=${encodeURIComponent(id)}`;
}

// changes calls back after every change, and with false while the demo is not reachable.
export function changes(user, changed, reachable) {
  const source = new EventSource(`demo/events?user=${encodeURIComponent(user)}`);
  source.addEventListener("change", () => { reachable(true); changed(); });
  source.addEventListener("error", () => reachable(false));
  return source;
}
