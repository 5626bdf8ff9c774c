/** What is told to those who asked for news of a conference, by itself: the sale has opened, a phase ends soon. */
@NullMarked
package org.openingminute.registration.news;

import org.jspecify.annotations.NullMarked;
