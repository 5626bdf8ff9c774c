/** A mail server that takes every mail and delivers none: what was sent can be read over IMAP. */
@NullMarked
package org.openingminute.local.mailtrap;

import org.jspecify.annotations.NullMarked;
