/** Paths with `/`, joined and compared without a platform. */

const ABSOLUTE = /^(?:\/|[A-Za-z]:[\\/]|[a-z][a-z0-9+.-]+:\/\/)/u;

export function isAbsolute(path: string): boolean {
  return ABSOLUTE.test(path);
}

function normalize(path: string): string {
  const kept: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part === ".." && kept.length > 0 && kept.at(-1) !== "..") kept.pop();
    else kept.push(part);
  }
  return (path.startsWith("/") ? "/" : "") + kept.join("/");
}

/** An absolute path, and a URL, stands as it is. */
export function joinPath(base: string, path: string): string {
  if (isAbsolute(path) || base === "" || base === ".") return isAbsolute(path) ? path : normalize(path);
  return normalize(`${base}/${path}`);
}

export function folderOf(path: string): string {
  const slash = path.lastIndexOf("/");
  return slash < 0 ? "." : slash === 0 ? "/" : path.slice(0, slash);
}

/** How to reach `to` from the folder `from`; both absolute, or both relative to the same root. */
export function relativePath(from: string, to: string): string {
  const start = normalize(from).split("/").filter(Boolean);
  const end = normalize(to).split("/").filter(Boolean);
  let shared = 0;
  while (shared < start.length && shared < end.length && start[shared] === end[shared]) shared++;
  return [...start.slice(shared).map(() => ".."), ...end.slice(shared)].join("/") || ".";
}
