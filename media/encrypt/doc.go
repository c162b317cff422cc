// Package encrypt writes what a customer typed as a message that only the owner
// of a private key can read: in the format of the AWS Encryption SDK, as Amazon
// Connect does it (Amazon Connect Administrator Guide: Encrypt sensitive
// customer input; AWS Encryption SDK Developer Guide: Message format reference).
//
// A message is made of a header, one frame of text under a fresh AES-256 key,
// and a footer with a signature. The AES key stands in the header, encrypted
// with the certificate's RSA key (OAEP with SHA-512).
package encrypt
