@NullMarked
package org.openingminute.gateway.instances;

import org.jspecify.annotations.NullMarked;
