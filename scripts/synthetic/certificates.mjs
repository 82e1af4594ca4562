// Certificates made for these captures with `openssl req -x509`; nobody uses their keys.
const base64 = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));

/** With every extension that has a field, and a key of 512 bits. */
export const fullCertificate = () =>
  base64(
    "MIIG0DCCBnqgAwIBAgIBTTANBgkqhkiG9w0BAQsFADCBsjELMAkGA1UEBhMCREUxDTALBgNVBAgMBEhlcmUxDjAMBgNVBAcMBVRoZXJlMRAwDgYD" +
      "VQQKDAdFeGFtcGxlMQ0wCwYDVQQLDARVbml0MRIwEAYDVQQDDAlhLmV4YW1wbGUxCzAJBgNVBAUTAjQyMRwwGgYJKoZIhvcNAQkBFg1hQGV4YW1w" +
      "bGUuY29tMRcwFQYKCZImiZPyLGQBGRYHZXhhbXBsZTELMAkGA1UELhMCcTEwHhcNMjYxMTIxMTE0NzQ4WhcNMjcxMTIxMTE0NzQ4WjCBsjELMAkG" +
      "A1UEBhMCREUxDTALBgNVBAgMBEhlcmUxDjAMBgNVBAcMBVRoZXJlMRAwDgYDVQQKDAdFeGFtcGxlMQ0wCwYDVQQLDARVbml0MRIwEAYDVQQDDAlh" +
      "LmV4YW1wbGUxCzAJBgNVBAUTAjQyMRwwGgYJKoZIhvcNAQkBFg1hQGV4YW1wbGUuY29tMRcwFQYKCZImiZPyLGQBGRYHZXhhbXBsZTELMAkGA1UE" +
      "LhMCcTEwXDANBgkqhkiG9w0BAQEFAANLADBIAkEAv5OhkLTLvQPXCrEcbKLHbA8Nj3fBTX8NYOVgxY8Mc6QqPVt+LwSEoVuTW4bWYrAqXK1hDByH" +
      "zijeeeiJfP5SlQIDAQABo4IEdzCCBHMwEgYDVR0TAQH/BAgwBgEB/wIBAjAPBgNVHQ8BAf8EBQMDB4SAMB0GA1UdJQQWMBQGCCsGAQUFBwMBBggr" +
      "BgEFBQcDAjAdBgNVHQ4EFgQUS6eicwQSzglj6u0SKQSPOFPMTp0wgd8GA1UdIwSB1zCB1IAUS6eicwQSzglj6u0SKQSPOFPMTp2hgbikgbUwgbIx" +
      "CzAJBgNVBAYTAkRFMQ0wCwYDVQQIDARIZXJlMQ4wDAYDVQQHDAVUaGVyZTEQMA4GA1UECgwHRXhhbXBsZTENMAsGA1UECwwEVW5pdDESMBAGA1UE" +
      "AwwJYS5leGFtcGxlMQswCQYDVQQFEwI0MjEcMBoGCSqGSIb3DQEJARYNYUBleGFtcGxlLmNvbTEXMBUGCgmSJomT8ixkARkWB2V4YW1wbGUxCzAJ" +
      "BgNVBC4TAnExggFNMHAGA1UdEQRpMGeCCWEuZXhhbXBsZYcEwAACAYcQIAENuAAAAAAAAAAAAAAAAYYRaHR0cDovL2EuZXhhbXBsZS+BC2FAYS5l" +
      "eGFtcGxliAMqAwSkHTAbMQswCQYDVQQGEwJGUjEMMAoGA1UEAwwDZGlyMBQGA1UdEgQNMAuCCWIuZXhhbXBsZTBFBgNVHR8EPjA8MDqgF6AVhhNo" +
      "dHRwOi8vY3JsLmV4YW1wbGUvoh+kHTAbMQswCQYDVQQGEwJGUjEMMAoGA1UEAwwDZGlyMIGmBgNVHSAEgZ4wgZswgY4GAysFCDCBhjAfBggrBgEF" +
      "BQcCARYTaHR0cDovL2Nwcy5leGFtcGxlLzAuBggrBgEFBQcCAjAiMBIaCFVURjg6b3JnMAYCAQECAQIaDHZpc2libGU6dGV4dDARBggrBgEFBQcC" +
      "AjAFHgNibXAwIAYIKwYBBQUHAgIwFDANFgZJQTU6aWEwAwIBAwwDdXRmMAgGBmeBDAECATBMBggrBgEFBQcBAQRAMD4wHQYIKwYBBQUHMAGGEWh0" +
      "dHA6Ly9vLmV4YW1wbGUvMB0GCCsGAQUFBzAChhFodHRwOi8vYy5leGFtcGxlLzARBglghkgBhvhCAQEEBAMCBsAwGAYJYIZIAYb4QgENBAsWCWEg" +
      "Y29tbWVudDAgBglghkgBhvhCAQIEExYRaHR0cDovL24uZXhhbXBsZS8wIAYJYIZIAYb4QgEDBBMWEWh0dHA6Ly9yLmV4YW1wbGUvMCEGCWCGSAGG" +
      "+EIBBAQUFhJodHRwOi8vcmMuZXhhbXBsZS8wIQYJYIZIAYb4QgEHBBQWEmh0dHA6Ly9ybi5leGFtcGxlLzAgBglghkgBhvhCAQgEExYRaHR0cDov" +
      "L3AuZXhhbXBsZS8wGAYJYIZIAYb4QgEMBAsWCXMuZXhhbXBsZTAdBggrBgEFBQcBDgQRMA8CAQEwCgYIKwYBBQUHFQEwSAYKKwYBBAHWeQIEAgQ6" +
      "BDgANgA0AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gAAABi8/laHsAAAQDAAUwAwIBBzAKBgQqAwQFBAIFADANBgkqhkiG9w0BAQsF" +
      "AANBAJioCmFnm5HgysR9eZiJ1Li1E8xzsL6FtXOOstHTq7VUNAKzzv+ErUzicwqWEV/P/Nw40v1AKF8UglrBvG6F0AY=",
  );

/** With a key for DSA, and an end that only a time with four digits for the year can tell. */
export const dsaCertificate = () =>
  base64(
    "MIIC2zCCAoigAwIBAgIBTjALBglghkgBZQMEAwIwGzELMAkGA1UEBhMCREUxDDAKBgNVBAMMA2RzYTAgFw0yNjExMjExMTQ5MTBaGA8yMTA5MDEx" +
      "MDExNDkxMFowGzELMAkGA1UEBhMCREUxDDAKBgNVBAMMA2RzYTCCAb4wggEzBgcqhkjOOAQBMIIBJgKBgQC5ebRVbYYVPnyMGNGM96SrANzXbIRX" +
      "t9yk/XYc0gUR08v+f06Mtrkw0UvMadnX376ph76QsCNlWcZmZFi097XwpExR3Vk+n1ANV/RTZnlLYHOM2eiaF26dHYoxUw9mWSn8dcefaAIj6ezh" +
      "3JAQBAR89sD/ijCNiROuYMnggFKbuwIdAMA1fe1mujPJ682PQiaz0h1AnUPFQZUC1xB6JssCgYBxfS0SDDgng6+mFJ5dyKQqzasXxMS4/4CPOLY/" +
      "p8Cog17pKnBUZGc+VMX8svIW/8zauVdJbVlNKq7NCNYpBQiDdoMq7Wp+RgL4ladk1iAdxbNjJjhguIIZAx6kcMbm7D/ybEGwMf/wdEtzlCR3Rbhk" +
      "QUciCWZlMcJ56/qh2UcAcwOBhAACgYB4OjY4f7ITArVN2FQRP8LyA4maUvf84fqXnVdQbHDdvCKG7Yt8XRgyAEpKNO937B7lE4Q6+zbJvcIM+7+s" +
      "HHJ2TO/xXB9NP0bD1mH1DSb9bY3GKF6O9qVi6sXc7mVPVpn1F1FvSuLDBJ/2YWRLDFZljLjUGNKBeuHjnAXdbnPZjKNTMFEwHQYDVR0OBBYEFJco" +
      "kOPfYreqjdaeD6di0Zn0i2LRMB8GA1UdIwQYMBaAFJcokOPfYreqjdaeD6di0Zn0i2LRMA8GA1UdEwEB/wQFMAMBAf8wCwYJYIZIAWUDBAMCA0AA" +
      "MD0CHQCsuxQwSm0g4O6UPl2vWlntOLICJ9VObCeBvx53AhxKu4bIXxZexkk8g29tAKVNl9EC/8EsEdX9F69y",
  );

/** With a key on a curve. */
export const ecCertificate = () =>
  base64(
    "MIICIDCCAcWgAwIBAgICEjQwCgYIKoZIzj0EAwIwOzELMAkGA1UEBhMCREUxFjAUBgNVBAoMDUV4YW1wbGUsIEluYy4xFDASBgNVBAMMC2V4YW1w" +
      "bGUuY29tMB4XDTI2MTEyMTExMzcyMloXDTM2MTExODExMzcyMlowOzELMAkGA1UEBhMCREUxFjAUBgNVBAoMDUV4YW1wbGUsIEluYy4xFDASBgNV" +
      "BAMMC2V4YW1wbGUuY29tMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEC+Qdb9zTq9v8lpPkRngShSWReJ6ax1VchmvRMfk2NpjlsRyjsWgWbatC" +
      "a96A3AUXRDrvNnSVzPgBdTu3dNYIgKOBuDCBtTAdBgNVHQ4EFgQU4Op4Hpdk98RzGwoT5WvR9icvy+MwHwYDVR0jBBgwFoAU4Op4Hpdk98RzGwoT" +
      "5WvR9icvy+MwDwYDVR0TAQH/BAUwAwEB/zBSBgNVHREESzBJggtleGFtcGxlLmNvbYINKi5leGFtcGxlLmNvbYcEwAACAYcQIAENuAAAAAAAAAAA" +
      "AAAAAYYTaHR0cDovL2V4YW1wbGUuY29tLzAOBgNVHQ8BAf8EBAMCB4AwCgYIKoZIzj0EAwIDSQAwRgIhAMpipi4iSqmeSI5G1E27fZDjhL0qk4Wc" +
      "tpDdG4Fjlk2oAiEAwg9dja7H3yhMX8DwakeSh59oDQRZD6P0qfeppSC5MNQ=",
  );

const element = (tag, ...contents) => {
  const inner = contents.flatMap((one) => [...one]);
  return Uint8Array.from([tag, inner.length, ...inner]);
};
const letters = (text, width) =>
  Uint8Array.from([...text].flatMap((c) => [...new Array(width - 1).fill(0), c.charCodeAt(0)]));
const commonName = element(6, [0x55, 4, 3]);

/** A name whose parts are in each of the kinds of strings. */
export const distinguishedName = () =>
  element(
    0x30,
    ...[
      [0x14, 1],
      [0x13, 1],
      [0x1c, 4],
      [0x1e, 2],
      [0x0c, 1],
    ].map(([tag, width]) =>
      element(0x31, element(0x30, commonName, element(tag, letters("name", width)))),
    ),
  );
