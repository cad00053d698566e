/**
 * The types of audit records: their numbers and names, and which of them the grammar takes apart. A type that is not
 * in the table is as good as any other: it keeps its name and its text. It must not know what a record says.
 */

/** How a record is read; `other` keeps its text. */
export type RecordKind =
  | 'syscall'
  | 'path'
  | 'cwd'
  | 'proctitle'
  | 'sockaddr'
  | 'execve'
  | 'fd-pair'
  | 'mmap'
  | 'socketcall'
  | 'end'
  | 'other';

export interface RecordType {
  readonly name: string;
  /** undefined where the table does not have it. */
  readonly number: number | undefined;
  readonly kind: RecordKind;
  /** The record is an event of its own (user space's messages), or the audit daemon's, with a serial of its own. */
  readonly standing: 'part' | 'alone' | 'daemon';
  /** How many were read. */
  count: number;
}

/**
 * One reader's record types, found by the bytes of their names. `SYSCALL`, `1300` and `UNKNOWN[1300]` are one type.
 * At most `unknownMax` unknown names are counted each by itself; the rest are counted together, and all keep their names.
 */
export class RecordTypes {
  readonly #byName = new Map<string, RecordType>();
  readonly #cache: (RecordType | undefined)[] = new Array(256).fill(undefined);
  readonly #cachedNames: string[] = new Array(256).fill('');
  #unknownTypes = 0;
  #uncounted = 0;

  /** The type whose name stands in `bytes` from `start` to `end` (ASCII). */
  at(bytes: Uint8Array, start: number, end: number): RecordType {
    let hash = end - start;
    for (let i = start; i < end; i++) hash = (Math.imul(hash, 31) + bytes[i]!) | 0;
    const slot = (hash ^ (hash >>> 8)) & 255;
    if (isText(this.#cachedNames[slot]!, bytes, start, end)) return this.#cache[slot]!;
    const written = String.fromCharCode.apply(null, bytes.subarray(start, end) as unknown as number[]);
    const type = this.#named(written);
    this.#cache[slot] = type;
    this.#cachedNames[slot] = written;
    return type;
  }

  /** Number of records by the type's name. */
  counts(): Record<string, number> {
    const result: Record<string, number> = {};
    for (const type of this.#byName.values()) if (type.count > 0) result[type.name] = type.count;
    if (this.#uncounted > 0) result['(other unknown types)'] = this.#uncounted;
    return result;
  }

  /** Must be called for each record read. */
  count(type: RecordType): void {
    type.count++;
    if (type.number === undefined && !this.#byName.has(type.name)) this.#uncounted++;
  }

  #named(written: string): RecordType {
    const number = numberIn(written);
    const name = number === undefined ? written : (names.get(number) ?? written);
    const known = this.#byName.get(name);
    if (known !== undefined) return known;
    const type = recordType(name, numbers.get(name));
    if (type.number !== undefined || ++this.#unknownTypes <= unknownMax) this.#byName.set(name, type);
    return type;
  }
}

const unknownMax = 256;

/**
 * A number, and the names from it on. From linux/audit.h (Linux 6.1, continued to 6.17) and libaudit.h 3.0.9, without
 * the prefix AUDIT_, as the audit daemon prints them.
 */
const table = `
  1005 USER LOGIN 1100 USER_AUTH USER_ACCT USER_MGMT CRED_ACQ CRED_DISP USER_START USER_END USER_AVC
  USER_CHAUTHTOK USER_ERR CRED_REFR USYS_CONFIG USER_LOGIN USER_LOGOUT ADD_USER DEL_USER ADD_GROUP
  DEL_GROUP DAC_CHECK CHGRP_ID TEST TRUSTED_APP USER_SELINUX_ERR USER_CMD USER_TTY CHUSER_ID GRP_AUTH
  SYSTEM_BOOT SYSTEM_SHUTDOWN SYSTEM_RUNLEVEL SERVICE_START SERVICE_STOP GRP_MGMT GRP_CHAUTHTOK
  MAC_CHECK ACCT_LOCK ACCT_UNLOCK USER_DEVICE SOFTWARE_UPDATE 1200 DAEMON_START DAEMON_END DAEMON_ABORT
  DAEMON_CONFIG DAEMON_RECONFIG DAEMON_ROTATE DAEMON_RESUME DAEMON_ACCEPT DAEMON_CLOSE DAEMON_ERR 1300
  SYSCALL 1302 PATH IPC SOCKETCALL CONFIG_CHANGE SOCKADDR CWD 1309 EXECVE 1311 IPC_SET_PERM MQ_OPEN
  MQ_SENDRECV MQ_NOTIFY MQ_GETSETATTR 1316 KERNEL_OTHER FD_PAIR OBJ_PID TTY EOE BPRM_FCAPS CAPSET MMAP NETFILTER_PKT
  NETFILTER_CFG SECCOMP PROCTITLE FEATURE_CHANGE REPLACE KERN_MODULE FANOTIFY TIME_INJOFFSET
  TIME_ADJNTPVAL BPF EVENT_LISTENER URINGOP OPENAT2 DM_CTRL DM_EVENT 1400 AVC SELINUX_ERR AVC_PATH
  MAC_POLICY_LOAD MAC_STATUS MAC_CONFIG_CHANGE MAC_UNLBL_ALLOW MAC_CIPSOV4_ADD MAC_CIPSOV4_DEL
  MAC_MAP_ADD MAC_MAP_DEL MAC_IPSEC_ADDSA MAC_IPSEC_DELSA MAC_IPSEC_ADDSPD MAC_IPSEC_DELSPD
  MAC_IPSEC_EVENT MAC_UNLBL_STCADD MAC_UNLBL_STCDEL MAC_CALIPSO_ADD MAC_CALIPSO_DEL IPE_ACCESS
  IPE_CONFIG_CHANGE IPE_POLICY_LOAD LANDLOCK_ACCESS LANDLOCK_DOMAIN MAC_TASK_CONTEXTS MAC_OBJ_CONTEXTS
  1500 APPARMOR APPARMOR_AUDIT APPARMOR_ALLOWED APPARMOR_DENIED APPARMOR_HINT APPARMOR_STATUS
  APPARMOR_ERROR APPARMOR_KILL 1700 ANOM_PROMISCUOUS ANOM_ABEND ANOM_LINK ANOM_CREAT 1800 INTEGRITY_DATA
  INTEGRITY_METADATA INTEGRITY_STATUS INTEGRITY_HASH INTEGRITY_PCR INTEGRITY_RULE INTEGRITY_EVM_XATTR
  INTEGRITY_POLICY_RULE INTEGRITY_USERSPACE 2000 KERNEL 2100 ANOM_LOGIN_FAILURES ANOM_LOGIN_TIME
  ANOM_LOGIN_SESSIONS ANOM_LOGIN_ACCT ANOM_LOGIN_LOCATION ANOM_MAX_DAC ANOM_MAX_MAC ANOM_AMTU_FAIL
  ANOM_RBAC_FAIL ANOM_RBAC_INTEGRITY_FAIL ANOM_CRYPTO_FAIL ANOM_ACCESS_FS ANOM_EXEC ANOM_MK_EXEC
  ANOM_ADD_ACCT ANOM_DEL_ACCT ANOM_MOD_ACCT ANOM_ROOT_TRANS ANOM_LOGIN_SERVICE ANOM_LOGIN_ROOT
  ANOM_ORIGIN_FAILURES ANOM_SESSION 2200 RESP_ANOMALY RESP_ALERT RESP_KILL_PROC RESP_TERM_ACCESS
  RESP_ACCT_REMOTE RESP_ACCT_LOCK_TIMED RESP_ACCT_UNLOCK_TIMED RESP_ACCT_LOCK RESP_TERM_LOCK RESP_SEBOOL
  RESP_EXEC RESP_SINGLE RESP_HALT RESP_ORIGIN_BLOCK RESP_ORIGIN_BLOCK_TIMED RESP_ORIGIN_UNBLOCK_TIMED
  2300 USER_ROLE_CHANGE ROLE_ASSIGN ROLE_REMOVE LABEL_OVERRIDE LABEL_LEVEL_CHANGE USER_LABELED_EXPORT
  USER_UNLABELED_EXPORT DEV_ALLOC DEV_DEALLOC FS_RELABEL USER_MAC_POLICY_LOAD ROLE_MODIFY
  USER_MAC_CONFIG_CHANGE USER_MAC_STATUS 2400 CRYPTO_TEST_USER CRYPTO_PARAM_CHANGE_USER CRYPTO_LOGIN
  CRYPTO_LOGOUT CRYPTO_KEY_USER CRYPTO_FAILURE_USER CRYPTO_REPLAY_USER CRYPTO_SESSION CRYPTO_IKE_SA
  CRYPTO_IPSEC_SA 2500 VIRT_CONTROL VIRT_RESOURCE VIRT_MACHINE_ID VIRT_INTEGRITY_CHECK VIRT_CREATE
  VIRT_DESTROY VIRT_MIGRATE_IN VIRT_MIGRATE_OUT`;

const names = new Map<number, string>();
const numbers = new Map<string, number>();
let number = 0;
for (const word of table.trim().split(/\s+/)) {
  if (word >= '0' && word < ':') {
    number = Number(word);
  } else {
    names.set(number, word);
    numbers.set(word, number++);
  }
}

const kinds = new Map<string, RecordKind>([
  ['SYSCALL', 'syscall'],
  ['PATH', 'path'],
  ['CWD', 'cwd'],
  ['PROCTITLE', 'proctitle'],
  ['SOCKADDR', 'sockaddr'],
  ['EXECVE', 'execve'],
  ['FD_PAIR', 'fd-pair'],
  ['MMAP', 'mmap'],
  ['SOCKETCALL', 'socketcall'],
  ['EOE', 'end'],
]);

function recordType(name: string, number: number | undefined): RecordType {
  return { name, number, kind: kinds.get(name) ?? 'other', standing: standing(number), count: 0 };
}

/** By the blocks of numbers that linux/audit.h reserves: user space's messages are complete in one record. */
function standing(number: number | undefined): RecordType['standing'] {
  if (number === undefined) return 'part';
  if (number >= 1200 && number <= 1299) return 'daemon';
  return number === 1005 || (number >= 1100 && number <= 1199) || number >= 2000 ? 'alone' : 'part';
}

/** 1300 in `1300` and in `UNKNOWN[1300]`. */
function numberIn(written: string): number | undefined {
  const digits = written.startsWith('UNKNOWN[') && written.endsWith(']') ? written.slice(8, -1) : written;
  if (digits.length !== 4) return undefined;
  const number = Number(digits);
  return Number.isInteger(number) ? number : undefined;
}

function isText(text: string, bytes: Uint8Array, start: number, end: number): boolean {
  if (text.length !== end - start) return false;
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) !== bytes[start + i]) return false;
  return true;
}
