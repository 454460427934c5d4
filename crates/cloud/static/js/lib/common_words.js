// Common passwords and the words they are built from: those of accounts/password/common_passwords.txt.

export const commonWords =
  (
    "password passwort passwd pass contrasena motdepasse senha qwerty qwertyuiop qwertz qwertzuiop " +
    "azerty azertyuiop asdf asdfgh asdfghjkl zxcvbn zxcvbnm qazwsx qazwsxedc qweasd qweasdzxc yxcvbnm " +
    "abc abcd abcdef abcdefgh abcdefghijkl iloveyou ilove you me love lovely letmein welcome hello " +
    "hallo admin administrator root user guest login master monkey dragon shadow sunshine princess " +
    "football baseball basketball soccer hockey superman batman spiderman pokemon starwars trustno " +
    "michael jennifer jordan michelle daniel jessica ashley thomas charlie andrew matthew joshua " +
    "nicole summer winter spring autumn monday friday january december october november computer " +
    "internet google facebook youtube amazon samsung iphone android windows microsoft linux secret " +
    "killer freedom whatever nothing cheese pepper ginger cookie banana chocolate butterfly flower " +
    "angel family friends mother father brother sister forever number one two three test testing demo " +
    "default changeme change temp temporary access private security camera cameras recorder hikvision " +
    "dahua video surveillance cctv dvr nvr home house office alarm cloud thisis my mypassword " +
    "thisismypassword correcthorsebatterystaple correct horse battery staple yourpassword newpassword " +
    "oldpassword 1q2w3e4r5t6y 1qaz2wsx3edc q1w2e3r4t5y6 zaq12wsxcde3 1qazxsw23edc qwer1234asdf " +
    "asdf1234qwer a1b2c3d4e5f6 1a2b3c4d5e6f aa123456789a abc123abc123 147258369147 159753159753 " +
    "147852369147 789456123789 password123456"
  ).split(" ");
