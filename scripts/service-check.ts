// Installs the built binary as a service under a real systemd user manager, and tries all that `service` does: `sudo bun run service-check`.
// Linux with systemd (it need not be running) and dbus, as root: everything happens in namespaces of its own, with a made-up user and an
// empty home, and nothing of the machine is changed.
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, posix } from "node:path";

const ROOT = join(import.meta.dir, "..");
const USER = { name: "service-check", id: 54_321 };
/** Where logind would have put the user's manager: the journal tells from it whose a line is. */
const cgroup = `/sys/fs/cgroup/user.slice/user-${USER.id}.slice/user@${USER.id}.service`;
const MANAGER = "/usr/lib/systemd/systemd";

for (const needed of ["unshare", "setpriv", "ip", "systemctl", "systemd-analyze", "dbus-daemon", "journalctl"]) {
  if (Bun.which(needed) === null) fail(`there is no ${needed} here (Debian: apt-get install systemd dbus iproute2).`);
}
if (process.getuid?.() !== 0) fail("namespaces and a made-up user need root: sudo bun run service-check");
if (!existsSync(MANAGER)) fail(`there is no ${MANAGER}.`);

const folder = mkdtempSync(join(tmpdir(), "service-check-"));
const runtime = `/run/user/${USER.id}`;
try {
  chmodSync(folder, 0o755);
  await prepare();
  const child = Bun.spawn(
    ["unshare", "--mount", "--pid", "--net", "--cgroup", "--fork", "--kill-child", "sh", join(folder, "namespace.sh")],
    { cwd: "/", stdin: "ignore", stdout: "inherit", stderr: "inherit" },
  );
  process.exitCode = await child.exited;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function prepare(): Promise<void> {
  const bin = join(folder, "bin");
  mkdirSync(bin);
  // The user may not be able to read where these are.
  copyFileSync(process.execPath, join(bin, "bun"));
  copyFileSync(join(ROOT, "node_modules/.bin/claude"), join(bin, "claude"));
  await run("scripts/build.ts", `--outfile=${join(bin, "claude-max-api")}`);
  await run("build", "--target=bun", `--outfile=${join(bin, "inside.js")}`, "scripts/service-check/inside.ts");
  const line = `${USER.name}:x:${USER.id}:${USER.id}::${folder}/home:/bin/sh\n`;
  writeFileSync(join(folder, "passwd"), readFileSync("/etc/passwd", "utf8") + line);
  writeFileSync(join(folder, "group"), `${readFileSync("/etc/group", "utf8")}${USER.name}:x:${USER.id}:\n`);
  writeFileSync(join(folder, "namespace.sh"), namespaceScript());
}

async function run(...words: string[]): Promise<void> {
  const child = Bun.spawn([process.execPath, ...words], { cwd: ROOT, stdout: "ignore", stderr: "pipe" });
  const errors = await new Response(child.stderr).text();
  if ((await child.exited) !== 0) fail(`bun ${words.join(" ")} failed: ${errors}`);
}

/** Run by the first process of the namespaces. systemd looks at /run/systemd/system for whether it is in charge, and at its cgroup. */
function namespaceScript(): string {
  const env = {
    HOME: `${folder}/home`,
    USER: USER.name,
    PATH: "/usr/local/bin:/usr/bin:/bin",
    XDG_RUNTIME_DIR: runtime,
    DBUS_SESSION_BUS_ADDRESS: `unix:path=${runtime}/bus`,
  };
  const variables = Object.entries(env).map(([name, value]) => `${name}='${value}'`);
  return `set -e
mount --make-rprivate /
mount -t proc proc /proc
mount -t tmpfs tmpfs /run
mkdir -p ${runtime} /run/systemd/system /run/systemd/journal /var/log/journal
touch /run/systemd/journal/flushed
mount -t tmpfs tmpfs /var/log/journal
mount --bind ${folder}/passwd /etc/passwd
mount --bind ${folder}/group /etc/group
umount -R /sys/fs/cgroup 2>/dev/null || true
mount -t cgroup2 cgroup2 /sys/fs/cgroup
mkdir -p ${cgroup}
mkdir ${folder}/home
chown -R ${USER.id}:${USER.id} ${runtime} ${folder}/home ${cgroup}
chmod 700 ${runtime} ${folder}/home
ip link set lo up
/lib/systemd/systemd-journald 2>/dev/null &
set +e
sh -c 'echo $$ > ${cgroup}/cgroup.procs; exec "$@"' sh \\
  setpriv --reuid=${USER.id} --regid=${USER.id} --init-groups env -i ${variables.join(" ")} \\
  ${folder}/bin/bun ${folder}/bin/inside.js ${folder}/bin ${MANAGER}
code=$?
find ${cgroup} -depth -type d -exec rmdir {} +
rmdir --parents --ignore-fail-on-non-empty ${posix.dirname(cgroup)} 2>/dev/null
exit $code
`;
}

function fail(why: string): never {
  console.error(`service-check: ${why}`);
  process.exit(1);
}
