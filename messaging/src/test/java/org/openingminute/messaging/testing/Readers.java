package org.openingminute.messaging.testing;

import java.util.List;
import java.util.stream.Stream;
import org.openingminute.messaging.inbox.MessageReader;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.MethodIntrospector.MetadataLookup;
import org.springframework.core.annotation.AnnotatedElementUtils;

/** Finds the message readers of a service. */
public final class Readers {

    private Readers() {}

    /** The annotations of all methods of a service that read a topic. */
    public static List<MessageReader> of(ListableBeanFactory service) {
        MetadataLookup<MessageReader> terms =
                method -> AnnotatedElementUtils.findMergedAnnotation(method, MessageReader.class);
        return Stream.of(service.getBeanDefinitionNames())
                .flatMap(name -> Stream.ofNullable(service.getType(name)))
                .flatMap(type -> MethodIntrospector.selectMethods(type, terms).values().stream())
                .toList();
    }
}
