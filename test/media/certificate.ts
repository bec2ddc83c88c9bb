// Made for these tests and worth nothing: for images.test, other.test and loopback, trusted by none but who names it as its
// authority, valid from 2000 to 2126 so that no clock makes the tests fail.

export const KEY = `
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgy4xaao3/Dl9DlfZH
d7/T7NWj4KjkEHai6rLGfmsLUbehRANCAAQVSjEsr3GxexUT6uKyEtFuJ/Z3NBog
CcKo7fTtTC3D2avr1k8cHYsm3tIkjy6cW4MfHEmXveQZYo2gnzh8RsuY
-----END PRIVATE KEY-----
`;

export const CERTIFICATE = `
-----BEGIN CERTIFICATE-----
MIIBjDCCATGgAwIBAgIBATAKBggqhkjOPQQDAjAWMRQwEgYDVQQDDAtpbWFnZXMu
dGVzdDAgFw0wMDAxMDEwMDAwMDBaGA8yMTI2MDEwMTAwMDAwMFowFjEUMBIGA1UE
AwwLaW1hZ2VzLnRlc3QwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQVSjEsr3Gx
exUT6uKyEtFuJ/Z3NBogCcKo7fTtTC3D2avr1k8cHYsm3tIkjy6cW4MfHEmXveQZ
Yo2gnzh8RsuYo24wbDAPBgNVHRMBAf8EBTADAQH/MDoGA1UdEQQzMDGCC2ltYWdl
cy50ZXN0ggpvdGhlci50ZXN0hwR/AAABhxAAAAAAAAAAAAAAAAAAAAABMB0GA1Ud
DgQWBBSEtDUic4uNgcDCNlAjzCrx1iraoDAKBggqhkjOPQQDAgNJADBGAiEAqRKw
j0EbLLa2cbhEyldIe0yy4UxaZ5+q4a1/S+eriKoCIQDon/3HSSGxo2coW9/hvWF7
3xsLS0CCj3VWoBrmTuXaIQ==
-----END CERTIFICATE-----
`;
