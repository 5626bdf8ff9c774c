/** What registration-service commands, from its topic. */
@NullMarked
package org.openingminute.payment.commands;

import org.jspecify.annotations.NullMarked;
