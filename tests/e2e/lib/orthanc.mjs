// Two real image archives for one test file, each knowing the other, and invented examinations for them.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, until } from './segue.mjs';

const PROGRAM = '/usr/sbin/Orthanc';
const WEB_SERVICES = '/usr/share/orthanc/plugins/libOrthancDicomWeb.so';
const SECONDARY_CAPTURE = '1.2.840.10008.5.1.4.1.1.7';
const EXPLICIT_LITTLE_ENDIAN = '1.2.840.10008.1.2.1';

/** Why these tests cannot run here; empty when they can. */
export const missing = [PROGRAM, WEB_SERVICES].filter((path) => !existsSync(path)).map((path) => `${path} is missing`).join('; ');

/** Starts archives `ORTHA` and `ORTHB`, empty. */
export async function startArchives() {
  const folder = await mkdtemp(join(tmpdir(), 'segue-orthanc-'));
  const ends = [];
  for (const title of ['ORTHA', 'ORTHB']) ends.push({ title, http: await freePort(), dicom: await freePort() });
  const running = [];
  for (const [own, other] of [[ends[0], ends[1]], [ends[1], ends[0]]]) {
    const storage = join(folder, own.title);
    await mkdir(storage);
    const settings = {
      Name: own.title, StorageDirectory: storage, IndexDirectory: storage, Plugins: [WEB_SERVICES],
      HttpPort: own.http, HttpBindAddresses: ['127.0.0.1'], RemoteAccessAllowed: false, AuthenticationEnabled: false,
      DicomPort: own.dicom, DicomAet: own.title, DicomCheckCalledAet: true,
      DicomAlwaysAllowFind: true, DicomAlwaysAllowStore: true, DicomAlwaysAllowMove: true,
      DicomModalities: { other: [other.title, '127.0.0.1', other.dicom] },
      OverwriteInstances: false, StableAge: 1, SaveJobs: false, DicomWeb: { Enable: true, Root: '/dicom-web/' },
    };
    const file = join(folder, `${own.title}.json`);
    await writeFile(file, JSON.stringify(settings));
    const child = spawn(PROGRAM, [file], { stdio: 'ignore' });
    running.push(child);
    own.root = `http://127.0.0.1:${own.http}`;
  }
  for (const own of ends) {
    await until(`archive ${own.title}`, () => fetch(`${own.root}/system`).then((answer) => answer.ok, () => false), 30_000);
  }
  return {
    a: ends[0],
    b: ends[1],
    stop: async () => {
      for (const child of running) {
        const exited = once(child, 'exit');
        child.kill('SIGTERM');
        await exited;
      }
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Tells an archive where it reaches Segue with what it says of storage commitment. */
export async function knowsSegue(archive, port) {
  const answer = await fetch(`${archive.root}/modalities/segue`, { method: 'PUT', body: JSON.stringify({ AET: 'SEGUE', Host: '127.0.0.1', Port: port }) });
  if (!answer.ok) throw new Error(`${archive.title} does not learn of Segue: ${answer.status} ${await answer.text()}`);
}

/** Stores every image of an examination. */
export async function store(archive, exam) {
  for (const file of images(exam)) {
    const answer = await fetch(`${archive.root}/instances`, { method: 'POST', body: file });
    if (!answer.ok) throw new Error(`${archive.title} did not store: ${answer.status} ${await answer.text()}`);
  }
}

/** The images of `{ number, patient, accession, date, images }`, as files (PS3.10). */
function images({ number, patient, accession, date, images: count }) {
  const study = `1.2.826.0.1.3680043.10.1337.9.${number}`;
  return Array.from({ length: count }, (_, image) => {
    const instance = `${study}.1.${image + 1}`;
    const data = [
      text(0x0008, 0x0016, 'UI', SECONDARY_CAPTURE), text(0x0008, 0x0018, 'UI', instance),
      text(0x0008, 0x0020, 'DA', date), text(0x0008, 0x0030, 'TM', '113100'), text(0x0008, 0x0050, 'SH', accession),
      text(0x0008, 0x0060, 'CS', 'CT'), text(0x0010, 0x0010, 'PN', `Invented^${number}`), text(0x0010, 0x0020, 'LO', patient),
      text(0x0020, 0x000d, 'UI', study), text(0x0020, 0x000e, 'UI', `${study}.1`),
      text(0x0020, 0x0011, 'IS', '1'), text(0x0020, 0x0013, 'IS', String(image + 1)),
      short(0x0028, 0x0002, 1), text(0x0028, 0x0004, 'CS', 'MONOCHROME2'), short(0x0028, 0x0010, 8), short(0x0028, 0x0011, 8),
      short(0x0028, 0x0100, 8), short(0x0028, 0x0101, 8), short(0x0028, 0x0102, 7), short(0x0028, 0x0103, 0),
      long(0x7fe0, 0x0010, 'OB', Buffer.alloc(64, (number * 7 + image) % 256)),
    ];
    const meta = Buffer.concat([
      long(0x0002, 0x0001, 'OB', Buffer.from([0, 1])), text(0x0002, 0x0002, 'UI', SECONDARY_CAPTURE),
      text(0x0002, 0x0003, 'UI', instance), text(0x0002, 0x0010, 'UI', EXPLICIT_LITTLE_ENDIAN),
      text(0x0002, 0x0012, 'UI', '1.2.826.0.1.3680043.10.1337'),
    ]);
    const length = Buffer.alloc(4);
    length.writeUInt32LE(meta.length);
    return Buffer.concat([Buffer.alloc(128), Buffer.from('DICM'), element(0x0002, 0x0000, 'UL', length), meta, ...data]);
  });
}

function element(group, number, vr, value) {
  const head = Buffer.alloc(8);
  head.writeUInt16LE(group, 0);
  head.writeUInt16LE(number, 2);
  head.write(vr, 4, 'latin1');
  head.writeUInt16LE(value.length, 6);
  return Buffer.concat([head, value]);
}

function text(group, number, vr, value) {
  const padded = value.length % 2 ? value + (vr === 'UI' ? '\0' : ' ') : value;
  return element(group, number, vr, Buffer.from(padded, 'latin1'));
}

function short(group, number, value) {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return element(group, number, 'US', bytes);
}

function long(group, number, vr, value) {
  const head = Buffer.alloc(12);
  head.writeUInt16LE(group, 0);
  head.writeUInt16LE(number, 2);
  head.write(vr, 4, 'latin1');
  head.writeUInt32LE(value.length, 8);
  return Buffer.concat([head, value]);
}
