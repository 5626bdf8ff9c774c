/**
 * The acts of staff on one registration, such as a refund or a cancellation: by API and on desk pages, with a dry run or preview of each.
 */
@NullMarked
package org.openingminute.registration.acts;

import org.jspecify.annotations.NullMarked;
