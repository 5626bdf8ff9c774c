package org.openingminute.payment;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Marks a test that must run alone on its service, because it makes the sandbox fail or counts what all tests do. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@ResourceLock(DisturbsOthers.SERVICE)
@interface DisturbsOthers {

    String SERVICE = "payment-service";
}
