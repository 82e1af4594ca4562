import { type Names, names } from "../../../schema/names.ts";

/** What reply codes of SMTP mean (RFC 5321 §4.2.3, RFC 4954 §6). */
export const smtpReplyNames: Names = /* @__PURE__ */ names(`
211=System status or help
214=Help
220=Service ready
221=Closing connection
235=Authentication succeeded
250=Completed
251=Not local, will be forwarded
252=Cannot verify, will try
334=Go on with authentication
354=Mail input starts
421=Service not available
432=Password transition needed
450=Mailbox unavailable for now
451=Local error
452=Too little storage
454=Temporary authentication failure
455=Parameters cannot be accommodated
500=Syntax error
501=Syntax error in arguments
502=Command not implemented
503=Bad sequence of commands
504=Not implemented for this argument
521=No mail accepted here
530=Authentication required
534=Mechanism too weak
535=Authentication failed
538=Encryption required for this mechanism
550=Mailbox unavailable
551=Not local
552=Storage allocation exceeded
553=Mailbox name not allowed
554=Transaction failed
555=Parameters not recognized
556=Domain accepts no mail
`);
