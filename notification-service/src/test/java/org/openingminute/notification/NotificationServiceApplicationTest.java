package org.openingminute.notification;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.ResourceLockTarget;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Import;
import org.springframework.test.context.ContextConfiguration;

/**
 * Tests of the running service, which its {@link ServiceFixture} reaches. All share one, since a second in the same consumer
 * group would take its messages, and run beside each other, told apart by registrations, addresses and conferences; one
 * that others would notice is a {@link DisturbsOthers}.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
@ContextConfiguration(initializers = ServiceFixture.Surroundings.class)
@Import(ServiceFixture.class)
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock(value = DisturbsOthers.SERVICE, mode = ResourceAccessMode.READ, target = ResourceLockTarget.CHILDREN)
public @interface NotificationServiceApplicationTest {}
