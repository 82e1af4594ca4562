import { u16 } from "../../../schema/field.ts";
import { at, variants } from "../../../schema/variants.ts";
import { tlsGroupNames, tlsVersionNames } from "../../iana/tls.ts";
import {
  chosenCertificateType,
  commonCases,
  extension,
  keyShareEntry,
  timestampList,
} from "./extension.ts";

const made = variants(
  extension,
  "type",
  {
    serverName: at(0, extension),
    statusRequest: at(5, extension),
    signedCertificateTimestamp: at(
      18,
      extension.record("scts", "Timestamps", timestampList, { filter: null }),
    ),
    clientCertificateType: at(19, chosenCertificateType),
    serverCertificateType: at(20, chosenCertificateType),
    preSharedKey: at(
      41,
      extension.fields({
        selected: u16("Selected Identity", {
          filter: "handshake.extensions.psk.identity.selected",
        }),
      }),
    ),
    earlyData: at(42, extension),
    supportedVersions: at(
      43,
      extension.fields({
        version: u16("Version", {
          filter: "handshake.extensions.supported_version",
          base: "hex",
          names: tlsVersionNames,
        }),
      }),
    ),
    // A HelloRetryRequest has the group alone (RFC 8446 §4.2.8); drafts before the 23rd had it all at 40.
    keyShare: at(
      [51, 40],
      extension
        .record("share", "Share", keyShareEntry, { when: (e) => e.length >= 4, filter: null })
        .when(
          { field: "length", is: 2 },
          {
            selectedGroup: u16("Selected Group", {
              filter: "handshake.extensions_key_share_selected_group",
              names: tlsGroupNames,
            }),
          },
        ),
    ),
    ...commonCases,
  },
  extension.bytes("data", "Data", "rest", { filter: "handshake.extension.data" }),
);

type Made = typeof made;
/** The declaration of {@link tlsServerExtension}; a name that types can be read by. */
export interface TlsServerExtension extends Made {}
/** Extensions in a ServerHello, a HelloRetryRequest and EncryptedExtensions, by type (RFC 8446 §4.2). */
export const tlsServerExtension: TlsServerExtension = made;
